"""Addresses that everyone may open. The log's prefix is `/log`, as its origin says."""

from django.urls import path, re_path

from openpars.public import views

urlpatterns = [
    path("log/checkpoint", views.checkpoint, name="log-checkpoint"),
    path("log/vkey", views.verifier_key, name="log-vkey"),
    re_path(r"^log/(?P<name>tile/.+)$", views.tile, name="log-tile"),
]
