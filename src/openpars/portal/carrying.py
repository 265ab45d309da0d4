"""What was posted and could not be taken: its session had ended, or its page had grown old. Nothing of it is lost.

It is shown again to whoever typed it, who sends it once more, or not: nothing is sent by itself. Through a log-in it
travels sealed, for the person who was last logged in in that browser alone: somebody else may log in where they left.
A page's script makes this rare (presence.js); this is for pages without one.
"""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from openpars.errors import Fault
from openpars.portal import posted
from openpars.portal.sessions import ended
from openpars.records import wall

_COOKIE, _SALT = "whose", "openpars.portal.carrying"
_PLACE = {"relation": "carried", "column": "fields"}


@dataclass(frozen=True)
class Carried:
    """A form that was posted, and where to."""

    address: str
    fields: posted.Fields


def mark(response: HttpResponse, person: UUID) -> None:
    """Let this browser know whose log-in it was, until it is closed. It opens nothing: it only says for whom what is
    posted after the session's end may be carried."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_signed_cookie(_COOKIE, str(person), salt=_SALT, httponly=True, samesite="Lax", secure=secure)


def log_in_first(request: HttpRequest) -> HttpResponse:
    """To the log-in page, and from there back; with what was posted, where it is known whose it is."""
    whose, given = _whose(request), posted.fields(request.POST)
    if whose is None or not given:
        onward = {"ended": "1"} if ended(request) else {}
        query = urlencode({**onward, "next": request.path}, safe="/")
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")
    context = {"ended": True, "carried": _sealed(Carried(request.path, given), whose)}
    return render(request, "portal/log_in.html", context, status=403)


def opened(sealed: str, person: UUID) -> Carried | None:
    """What was carried through a log-in; None where it is nothing, or not this person's."""
    try:
        text = wall.unseal(base64.b64decode(sealed, validate=True), row=person, **_PLACE)
    except (binascii.Error, Fault):
        return None
    return Carried(*json.loads(zlib.decompress(base64.b64decode(text))))


def again(request: HttpRequest, carried: Carried, *, status: int) -> HttpResponse:
    """The page that shows what was typed, and sends it once more."""
    told = posted.told(carried.fields)
    context = {
        "address": carried.address,
        "fields": posted.pairs(carried.fields),
        "typed": [(posted.label(name), line) for name, line in told.items() if line],
        "again": True,
    }
    return render(request, "portal/stale_form.html", context, status=status)


def stale(request: HttpRequest) -> HttpResponse:
    """A form whose proof of where it comes from does not hold: it stood open through another log-in, or it is not ours.
    Only what a browser says to come from this very site is shown again."""
    origin = f"{request.scheme}://{request.get_host()}"
    if request.headers.get("Origin") != origin:
        return render(request, "portal/stale_form.html", status=403)
    if not request.user.is_authenticated:
        return log_in_first(request)
    return again(request, Carried(request.path, posted.fields(request.POST)), status=403)


def _sealed(carried: Carried, person: UUID) -> str:
    # Made small first: it must pass through the log-in form, which is not longer than any other.
    packed = zlib.compress(json.dumps([carried.address, carried.fields]).encode())
    return base64.b64encode(wall.seal(base64.b64encode(packed).decode(), row=person, **_PLACE)).decode()


def _whose(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.get_signed_cookie(_COOKIE, default="", salt=_SALT))
    except ValueError:
        return None
