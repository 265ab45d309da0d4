"""Addresses that everyone may open. The log's prefix is `/log`, as its origin says."""

from django.urls import path, re_path

from openpars.public import agreements, checker, consultation, mine, views

urlpatterns = [
    path("public/agreements/", agreements.register, name="public-agreements"),
    path("public/agreements/<int:number>/", agreements.agreement, name="public-agreement"),
    path("public/agreements/<int:number>/text/", agreements.text, name="public-text"),
    path("public/agreements/<int:number>/paper/", agreements.paper, name="public-paper"),
    path("public/proposals/<uuid:proposal>/", consultation.proposal, name="public-proposal"),
    path("public/proposals/<uuid:proposal>/text/", consultation.text, name="public-proposal-text"),
    path("public/proposals/<uuid:proposal>/paper/", consultation.paper, name="public-proposal-paper"),
    path("mine/", mine.mine, name="mine"),
    path("mine/paper/", mine.paper, name="mine-paper"),
    path("mine/proofs/", mine.proofs, name="mine-proofs"),
    path("mine/leave/", mine.leave, name="mine-leave"),
    path("log/", views.log, name="log"),
    path("log/checkpoint", views.checkpoint, name="log-checkpoint"),
    path("log/vkey", views.verifier_key, name="log-vkey"),
    path("log/witnesses", views.witness_policy, name="log-witnesses"),
    path(f"log/{checker.NAME}", views.verifier, name="log-verifier"),
    path(f"log/{checker.WHEEL}", views.wheel, name="log-wheel"),
    re_path(r"^log/(?P<name>tile/.+)$", views.tile, name="log-tile"),
]
