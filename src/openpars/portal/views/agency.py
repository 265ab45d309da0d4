"""An outside agency's own page, and its subscriptions: made, confirmed, stopped."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from openpars import clock
from openpars.disclosure import feed
from openpars.errors import BadInput, Conflict, NotFound, NotPermitted
from openpars.portal import agency, casework
from openpars.portal.audience import seen_by
from openpars.portal.who import Who, page

LABELS = {
    "purpose": "The purpose", "case_number": "Your case number", "arrests": "References of arrests",
    "ends_on": "The last day", "url": "The address to post to", "events": "What to be told of",
}  # fmt: skip
"""The fields as the form names them."""
TYPED = ("purpose", "case_number", "arrests", "ends_on", "url")


@seen_by("outside")
@never_cache
@require_safe
def ours(request: HttpRequest) -> HttpResponse:
    """What one's agency may ask, has asked, owes and subscribes to."""
    return _shown(request, {})


def _shown(request: HttpRequest, more: dict[str, object], status: int = 200) -> HttpResponse:
    who = Who.of(request)
    return page(request, who, "agency", agency.found(who) | more, status)


@seen_by("outside")
@never_cache
@sensitive_post_parameters()
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Subscribe to events. What was typed is kept where something is wrong with it."""
    who = Who.of(request)
    typed = {name: request.POST.get(name, "") for name in TYPED}
    wanted = request.POST.getlist("events")
    try:
        feed.subscribe(
            asker=who.asker,
            purpose=typed["purpose"],
            case_number=typed["case_number"],
            events=wanted,
            arrests=typed["arrests"].split(),
            ends_on=typed["ends_on"],
            url=typed["url"].strip(),
            at=clock.now(),
        )
    except BadInput as error:
        problems = [
            (problem.where, LABELS.get(problem.where, ""), problem.what) for problem in error.problems
        ]
        return _shown(request, {"problems": problems, "typed": typed, "wanted": wanted}, 422)
    except Conflict as error:
        said = [("subscriptions", "", str(error))]
        return _shown(request, {"problems": said, "typed": typed, "wanted": wanted}, 409)
    except NotPermitted as error:
        needs = casework.needs(who, purpose=typed["purpose"], case_number=typed["case_number"])
        return _shown(
            request, {"refused": error.reference, "needs": needs, "typed": typed, "wanted": wanted}, 403
        )
    return HttpResponseRedirect(reverse("portal:agency") + "#subscriptions")


@seen_by("outside")
@never_cache
@require_POST
def confirm(request: HttpRequest, subscription: UUID) -> HttpResponse:
    """Say that a subscription is still needed."""
    return _done(request, feed.confirm, subscription)


@seen_by("outside")
@never_cache
@require_POST
def stop(request: HttpRequest, subscription: UUID) -> HttpResponse:
    """Stop a subscription."""
    return _done(request, feed.unsubscribe, subscription)


def _done(request: HttpRequest, act: Callable[..., object], subscription: UUID) -> HttpResponse:
    who = Who.of(request)
    try:
        act(asker=who.asker, subscription=subscription)
    except NotPermitted as error:
        return _shown(request, {"refused": error.reference}, 403)
    except Conflict as error:
        return _shown(request, {"problems": [("subscriptions", "", str(error))]}, 409)
    except NotFound as error:
        return _shown(request, {"problems": [("subscriptions", "", str(error))]}, 404)
    return HttpResponseRedirect(reverse("portal:agency") + "#subscriptions")


urls = [
    path("agency/", ours, name="agency"),
    path("agency/subscribe/", subscribe, name="subscribe"),
    path("agency/subscriptions/<uuid:subscription>/confirm/", confirm, name="subscription-confirm"),
    path("agency/subscriptions/<uuid:subscription>/stop/", stop, name="subscription-stop"),
]
