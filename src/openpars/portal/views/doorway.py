"""Coming in and going out."""

from typing import Any

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from openpars import clock
from openpars.agencies import events
from openpars.portal import rooms, sessions
from openpars.portal.audience import seen_by
from openpars.portal.forms import LogInForm


@seen_by("everyone")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page, with the notice that CJIS AC-8 asks for: signing in acknowledges it."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward or _desk(request))
    form = LogInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        # Both or neither: nobody is in whose log-in could not be written down.
        with transaction.atomic():
            events.record("log-in", by=form.get_user().pk)
            login(request, form.get_user())
        sessions.begin(request, at=clock.now())
        return HttpResponseRedirect(onward or _desk(request))
    if {"username", "password"} <= form.data.keys() and form.non_field_errors():
        sessions.note_failure(request, form.data["username"])
    context = {"form": form, "next": onward, "ended": "ended" in request.GET}
    return render(request, "portal/log_in.html", context)


@seen_by("signed-in")
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; its cookie is worth nothing afterwards."""
    events.note("log-out", by=request.user.pk, outcome="done")
    logout(request)
    return redirect("portal:log-in")


@seen_by("signed-in")
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """What the page asks when a person says that they are still there; the request itself is the answer."""
    return HttpResponse(status=204)


def locked_out(request: HttpRequest, original: Any = None, credentials: Any = None) -> HttpResponse:
    """What the log-in page answers after five wrong passwords (called by axes)."""
    return render(request, "portal/locked.html", status=429)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from this site, or was open for too long."""
    return render(request, "portal/stale_form.html", status=403)


def _onward(request: HttpRequest) -> str:
    onward = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return onward if ours and onward.startswith("/") else ""


def _desk(request: HttpRequest) -> str:
    """Where a person's work begins."""
    user = sessions.person(request)
    return reverse(rooms.of_work(office=user.agency.office, role=user.role))
