"""Coming in and going out."""

from typing import Any

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openpars import clock
from openpars.agencies import events
from openpars.agencies.models import User
from openpars.portal import carrying, rooms, sessions
from openpars.portal.audience import GUARDED_ELSEWHERE, seen_by
from openpars.portal.forms import LogInForm
from openpars.portal.sessions import scripted


@seen_by("everyone")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page, with the notice that CJIS AC-8 asks for: signing in acknowledges it. A page whose session has
    ended fetches the form alone, and stands where it is: whoever then comes in takes the place of whoever was."""
    in_place, onward = scripted(request), _onward(request)
    if request.user.is_authenticated and not in_place:
        return HttpResponseRedirect(onward or _desk(request))
    form = LogInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _came_in(request, form.get_user(), onward, in_place=in_place)
    if {"username", "password"} <= form.data.keys() and form.non_field_errors():
        sessions.note_failure(request, form.data["username"])
    context = {
        "form": form,
        "next": onward,
        "ended": "ended" in request.GET,
        "carried": request.POST.get("carried", ""),
    }
    return render(request, f"portal/{'_log_in' if in_place else 'log_in'}.html", context)


def _came_in(request: HttpRequest, user: User, onward: str, *, in_place: bool) -> HttpResponse:
    # Both or neither: nobody is in whose log-in could not be written down.
    with transaction.atomic():
        events.record("log-in", by=user.pk)
        login(request, user)
    sessions.begin(request, at=clock.now())
    if in_place:
        response = HttpResponse(status=204)
    elif carried := carrying.opened(request.POST.get("carried", ""), user.pk):
        response = carrying.again(request, carried, status=200)
    else:
        response = HttpResponseRedirect(onward or _desk(request))
    carrying.mark(response, user.pk)
    return response


@seen_by("signed-in")
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; its cookie is worth nothing afterwards."""
    events.note("log-out", by=request.user.pk, outcome="done")
    logout(request)
    return redirect("portal:log-in")


@seen_by("signed-in")
@never_cache
@require_safe
def here(request: HttpRequest) -> HttpResponse:
    """Who is logged in, and the proof that their forms come from this site: a page's script asks before it sends, and
    when a person says that they are still there. The request itself is their sign of life."""
    return JsonResponse({"who": str(request.user.pk), "token": get_token(request)})


def locked_out(request: HttpRequest, original: Any = None, credentials: Any = None) -> HttpResponse:
    """What the log-in page answers after five wrong passwords (called by axes)."""
    return render(request, "portal/locked.html", status=429)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from this site, or was open for too long. A script then asks who is here."""
    if scripted(request):
        return HttpResponse(status=403)
    if request.path == reverse("portal:log-in") or request.path.startswith(tuple(GUARDED_ELSEWHERE)):
        return render(request, "portal/stale_form.html", status=403)
    return carrying.stale(request)


def _onward(request: HttpRequest) -> str:
    onward = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return onward if ours and onward.startswith("/") else ""


def _desk(request: HttpRequest) -> str:
    """Where a person's work begins."""
    user = sessions.person(request)
    return reverse(rooms.of_work(office=user.agency.office, role=user.role))
