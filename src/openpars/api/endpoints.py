"""Version 1 of the API. One domain call an endpoint; what may be seen is disclosure's business."""

import json
import re
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from openpars import clock
from openpars.agencies import events
from openpars.agencies.queries import UserView, asker_of_token, holder_of_token
from openpars.agreements import queries as agreements
from openpars.agreements.rules.decision import InForce
from openpars.api.casework import router as casework
from openpars.api.schemas import AgreementOut, ErrorOut, Handed, Open, PermitOut, Search, Sentence
from openpars.api.shape import CODES, of_error, refusal
from openpars.api.subscribing import router as subscribing
from openpars.api.who import asker_of
from openpars.disclosure import actions, known, queries
from openpars.disclosure.rules.request import Asker
from openpars.errors import NotFound, Problem

ERRORS = frozenset(CODES.values())
_PLACE = re.compile(r"[a-z_]{1,40}(\.[0-9]{1,3})?")
RECEIPT_SECONDS = "1"
"""When to ask again for a receipt: a checkpoint is signed about each second."""


class Token(HttpBearer):
    """The bearer token of a user in standing."""

    def authenticate(self, request: HttpRequest, token: str) -> UserView | None:
        """The user of the token, or None."""
        user = asker_of_token(token, at=clock.now())
        if user is None:
            events.note("api-token", by=holder_of_token(token))
        return user


api = NinjaAPI(
    title="OpenPARS",
    version="1",
    description="Ask for arrest records under an agreement. Every request is recorded in a public log.",
    docs_url=None,  # its page would load scripts from elsewhere
    openapi_url="/openapi.json",
    auth=Token(),
    urls_namespace="api",
)


api.add_router("", subscribing)
api.add_router("", casework)


@api.post("/search", response={200: Handed, ERRORS: ErrorOut}, operation_id="search")
def search(request: HttpRequest, asked: Search) -> HttpResponse:
    """Search for a person's arrests. An answer without results does not say why there are none."""
    return _handed(
        request,
        actions.search(
            asker=asker_of(request),
            purpose=asked.purpose,
            case_number=asked.case_number,
            name=asked.name,
            birth_date=asked.birth_date,
            tolerance_years=asked.tolerance_years,
            number=asked.number,
            elements=asked.elements,
        ),
    )


@api.post("/open", response={200: Handed, ERRORS: ErrorOut}, operation_id="open")
def open_arrest(request: HttpRequest, asked: Open) -> HttpResponse:
    """Open one arrest that a search returned."""
    return _handed(
        request,
        actions.open_arrest(
            asker=asker_of(request),
            purpose=asked.purpose,
            case_number=asked.case_number,
            arrest=asked.arrest,
            elements=asked.elements,
        ),
    )


@api.get("/receipts/{disclosure}", response={ERRORS: ErrorOut}, operation_id="receipt")
def receipt(request: HttpRequest, disclosure: str) -> HttpResponse:
    """The receipt of your own request, a `.tlog-proof` file (c2sp.org/tlog-proof). 202: ask again."""
    try:
        identifier = UUID(disclosure)
    except ValueError:
        raise NotFound("No such request of yours.") from None
    text = queries.receipt_of(identifier, asker=asker_of(request).user_id).text
    if text is None:
        waiting = HttpResponse("The next checkpoint will cover it.\n", status=202, content_type="text/plain")
        waiting["Retry-After"] = RECEIPT_SECONDS
        return waiting
    events.record("fetch-receipt", by=asker_of(request).user_id, about={"disclosure": str(identifier)})
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@api.get("/agreements", response={200: list[AgreementOut], ERRORS: ErrorOut}, operation_id="agreements")
def in_force(request: HttpRequest) -> list[AgreementOut]:
    """The agreements in force under which you may ask, in plain language."""
    asker = asker_of(request)
    held = known.agreements_of(asker, fresh=True)
    return [_agreement(each, asker) for each in held.in_force()]


def _agreement(held: InForce, asker: Asker) -> AgreementOut:
    agreement = held.agreement
    permits = [
        PermitOut(
            clause=permit.clause,
            purposes=list(permit.purposes),
            elements=[grant.spelling for grant in agreement.granted(permit)],
            ask_by=[sorted(keys) for keys in permit.ask_by],
            requires=sorted(permit.requires),
            results_per_request=permit.results_per_request,
            requests_per_person_per_day=permit.requests_per_person_per_day,
            events=sorted(permit.events),
        )
        for permit in agreement.permits_for(office=asker.office, role=asker.role)
    ]
    return AgreementOut(
        identifier=agreement.identifier,
        version=agreement.version,
        title=agreement.title,
        last_day=agreement.term.last_day.isoformat(),
        permits=permits,
        plain=[
            Sentence(clause=each.clause, text=each.text)
            for each in agreements.plain_text(held.number).sentences
        ],
    )


def _handed(request: HttpRequest, answer: actions.Answer) -> HttpResponse:
    where = reverse("api:receipt", args=[str(answer.disclosure)])
    body = {
        "answer": answer.body,
        "opening": {"salt": answer.salt.hex()},
        "receipt": request.build_absolute_uri(where),
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return refusal("request-malformed", problems=[_problem(each) for each in error.errors])


def _problem(found: dict[str, Any]) -> Problem:
    # pydantic's place begins with where it was looked for ("body", "asked"); its words never hold the value,
    # and an unknown field's name is repeated only where it looks like one.
    place = ".".join(str(part) for part in found["loc"][2:])
    words = {
        "extra_forbidden": "is not known here",
        "missing": "is missing",
        "string_pattern_mismatch": "is not one",
    }
    where = place if _PLACE.fullmatch(place) else "body"
    return Problem(where, words.get(found["type"], found["msg"]))


@api.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refusal("unauthenticated")


@api.exception_handler(HttpError)
def _unparsed(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refusal("body-malformed")


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return refusal("not-found")


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    return of_error(error)
