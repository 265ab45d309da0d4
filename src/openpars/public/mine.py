"""Who saw my record: a person's own account, opened by a one-time code from the counter, with no account of any kind.

The code opens a session of half an hour in a cookie of its own; what it may show, the database says. Each page, paper
and file is a look with an entry, which the next one shows too.
"""

import json
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from openpars import clock
from openpars.agencies import events
from openpars.disclosure import accounting
from openpars.disclosure.accounting import Account, agency_name
from openpars.errors import NotFound
from openpars.paper import Issue
from openpars.paper import render as print_paper
from openpars.public import account_words
from openpars.translog import signers

COOKIE = "openpars_mine"
HALF_AN_HOUR = 30 * 60
WRONG = (
    "This code opens nothing. It may be mistyped, used before or older than fourteen days; after five wrong tries it is"
    " worth nothing. You can have a new one at the counter."
)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The person's lines, or the form for the code."""
    if request.method == "POST":
        session = accounting.redeem(request.POST.get("code", ""))
        if session is None:
            events.note("open-account", by=None)
            return render(request, "public/mine_code.html", {"wrong": WRONG}, status=422)
        events.record("open-account", by=None)
        response = HttpResponseRedirect(reverse("mine"))
        response.set_cookie(
            COOKIE,
            session,
            max_age=HALF_AN_HOUR,
            path=reverse("mine"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
        return response
    if COOKIE not in request.COOKIES:
        return render(request, "public/mine_code.html")
    try:
        found = accounting.own(session=request.COOKIES[COOKIE])
    except NotFound:
        return _ended(request)
    return render(request, "public/mine.html", context(request, found))


@never_cache
@require_POST
def paper(request: HttpRequest) -> HttpResponse:
    """The account as a PDF."""
    try:
        found = accounting.own(session=request.COOKIES.get(COOKIE, ""))
    except NotFound:
        return _ended(request)
    return printed(request, found)


@never_cache
@require_POST
def proofs(request: HttpRequest) -> HttpResponse:
    """The account as a file that `openpars-verify accounting` checks, with the keys that find all of its entries."""
    try:
        found = accounting.own(session=request.COOKIES.get(COOKIE, ""), with_keys=True)
    except NotFound:
        return _ended(request)
    return filed(found)


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session: whoever sits here next sees nothing."""
    accounting.leave(request.COOKIES.get(COOKIE, ""))
    response = HttpResponseRedirect(reverse("mine"))
    response.delete_cookie(COOKIE, path=reverse("mine"), samesite="Strict")
    return response


def context(request: HttpRequest, found: Account) -> dict[str, object]:
    """What a page shows of an account."""
    return {
        "summary": account_words.summary(found.lines),
        "lines": account_words.shown(found.lines),
        "delayed": account_words.delayed(found.delayed, day(found.delayed)),
        "notes": account_words.NOTES,
        "complain": account_words.COMPLAIN,
        "reference": str(found.disclosure),
        "commands": account_words.commands(request.build_absolute_uri("/log"), _key()),
        "limit": account_words.LIMIT,
    }


def _key() -> str:
    """The log's newest key; empty where it has none yet."""
    return next(iter(signers.published_keys()), "")


def printed(request: HttpRequest, found: Account) -> HttpResponse:
    """An account as a PDF to keep."""
    issue = Issue(
        office=agency_name(found.agency_ori),
        version=1,
        made_at=timezone.localtime(clock.now()),
        invented=bool(settings.DEMONSTRATION),
    )
    made = account_words.paper(
        found.lines,
        put_off=account_words.delayed(found.delayed, day(found.delayed)),
        issue=issue,
        address=request.build_absolute_uri("/log"),
        key=_key(),
        reference=str(found.disclosure),
    )
    response = HttpResponse(print_paper(made), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="account-{found.disclosure}.pdf"'
    return response


def filed(found: Account) -> HttpResponse:
    """An account as its file."""
    response = HttpResponse(json.dumps(found.file, indent=1), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


def day(moments: tuple[datetime, ...]) -> str:
    """The last of these moments' days in the city, in words; empty where there is none."""
    if not moments:
        return ""
    last = timezone.localtime(max(moments))
    return f"{last:%B} {last.day}, {last.year}"


def _ended(request: HttpRequest) -> HttpResponse:
    response = render(request, "public/mine_code.html", {"ended": True}, status=403)
    response.delete_cookie(COOKIE, path=reverse("mine"), samesite="Strict")
    return response
