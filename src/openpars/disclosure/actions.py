"""The one door: decide, read through the agreement's views, write the entry, commit, hand over.

Every look at a record passes here, an owner's too, a search without a hit too. The order is the promise: the
entry is durable before anything leaves (promises 1 to 4). What fails, fails closed: nothing is released.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from openpars.agreements.rules.decision import Decision, Place, Request, decide
from openpars.disclosure import beat, gateway, known, reading
from openpars.disclosure.gateway import Connection, ConnectionLost, GuardRefused
from openpars.disclosure.known import Known, Version
from openpars.disclosure.reading import Plan, Record
from openpars.disclosure.refusing import Refused, refuse
from openpars.disclosure.rules import entry, request
from openpars.disclosure.rules.lists import LISTS
from openpars.disclosure.rules.request import Asker, Question
from openpars.errors import DatabaseUnavailable
from openpars.translog.rules.commitment import SALT_SIZE

NOTICE = (
    "An arrest is not a finding of guilt. This is one city's file as of the time stated, not the statewide summary"
    " (which the Pennsylvania State Police keep). Do not pass it on."
)
"""What every answer tells its recipient (18 Pa.C.S. 9121(c), 9106(d))."""


REQUIREMENTS_UNMET = frozenset({"case-unknown", "outside-hours", "approval-missing"})
"""Refusals of the guard for what one permit requires: the next that fits is tried. Every other one is final."""


@dataclass(frozen=True)
class Answer:
    """What is handed over, and what proves it. `body` is what the entry's answer commitment covers, `salt`
    opens the commitments, `pending_id` finds the entry until the log has given it an index."""

    disclosure: UUID
    body: dict[str, object]
    salt: bytes
    pending_id: int

    @property
    def results(self) -> list[dict[str, object]]:
        """The records: permitted elements only."""
        results: list[dict[str, object]] = self.body["results"]  # type: ignore[assignment]
        return results


def search(
    *,
    asker: Asker,
    purpose: str,
    case_number: str | None,
    name: str | None = None,
    birth_date: str | date | None = None,
    tolerance_years: int = 0,
    number: str | None = None,
    elements: object = None,
) -> Answer:
    """Arrests of a person, sought by name, date of birth or number; best match first.

    Raises RequestMalformed, NotPermitted, DatabaseUnavailable, Fault."""
    question = request.search(
        purpose=purpose,
        case_number=case_number,
        name=name,
        birth_date=birth_date,
        tolerance_years=tolerance_years,
        number=number,
        elements=elements,
    )
    return answered(asker, question)


def open_arrest(
    *, asker: Asker, purpose: str, case_number: str | None, arrest: str | UUID, elements: object = None
) -> Answer:
    """One arrest with its charges, custody, bail and what else the permit names. An arrest that the permit
    does not show and one that does not exist are the same: an answer without results.

    Raises as `search` does."""
    question = request.open_arrest(purpose=purpose, case_number=case_number, arrest=arrest, elements=elements)
    return answered(asker, question)


def open_paper(
    *, asker: Asker, purpose: str, case_number: str | None, arrest: str | UUID, paper: str | UUID
) -> tuple[Answer, bytes | None]:
    """One printed paper of an arrest, and its bytes; None where the permit does not show it or there is none.

    Raises as `search` does."""
    question = request.open_paper(purpose=purpose, case_number=case_number, arrest=arrest, paper=paper)
    answer = answered(asker, question)
    files = [file for result in answer.results for file in result.get("file", ())]  # type: ignore[attr-defined]
    return answer, bytes.fromhex(files[0]["paper_file"]) if files else None


def list_arrests(
    *,
    asker: Asker,
    listing: str,
    purpose: str,
    case_number: str | None = None,
    only: Sequence[str | UUID] | None = None,
    elements: object = None,
) -> Answer:
    """A list of arrests by its name (`rules.lists`), or those of it that `only` names: one disclosure, one entry.
    `elements` narrows what it shows.

    Raises as `search` does."""
    question = request.list_arrests(
        listing=listing, purpose=purpose, case_number=case_number, only=only, elements=elements
    )
    return answered(asker, question)


Also = Callable[[Connection], None]


def answered(
    asker: Asker, question: Question, also: Also | None = None, *, under: tuple[int, str] | None = None
) -> Answer:
    """Decide and disclose, or refuse; `also` is what else is done in the disclosure's transaction; `under`: by that
    agreement number and clause alone. What is known of agreements may be a moment old: nothing is refused, and nothing
    disclosed, on old knowledge, because the guard compares and a refusal looks again first. Outside agencies that find
    nothing, or are refused, wait (`beat`)."""
    asked_at, refused = time.monotonic(), Refused("stale", "")
    for attempt in range(gateway.ATTEMPTS):
        agreements = known.agreements_of(asker, fresh=attempt > 0)
        try:
            outcome = _tried(asker, question, agreements, also, under, asked_at)
        except ConnectionLost as error:
            # A pooled connection to a server that has gone: nothing was begun, so begin once more.
            gateway.close()
            if attempt == gateway.ATTEMPTS - 1:
                raise DatabaseUnavailable(DatabaseUnavailable.words) from error
            continue
        if isinstance(outcome, Answer):
            return outcome
        refused = outcome
        if attempt > 0 and refused.reason != "stale":
            break
    if _on_the_beat(asker, question):
        beat.wait(asked_at)
    return refuse(asker, question, refused)


def _on_the_beat(asker: Asker, question: Question) -> bool:
    """Whether nothing found, or a refusal, waits: an outside agency's question. An event is no question of theirs."""
    return asker.office is None and question.kind != "event"


def _tried(
    asker: Asker,
    question: Question,
    agreements: Known,
    also: Also | None,
    under: tuple[int, str] | None,
    asked_at: float,
) -> Answer | Refused:
    """The answer under the first permit that fits, its requirements included (specs/disclosure-decision.md, 6.2)."""
    asked, in_force = _request(asker, question), agreements.in_force()
    others = [
        (held.number, permit.position)
        for held in (in_force if under else ())
        for permit in held.agreement.permits
        if (held.number, permit.clause) != under
    ]
    unmet: dict[Place, Refused] = {}
    while True:
        decision = decide(asked, in_force, passing_over={*others, *unmet})
        clause = ", ".join(decision.clauses)
        if decision.permit is None or decision.number is None:
            return next(iter(unmet.values()), Refused(decision.reason, clause))
        try:
            return _disclose(asker, question, decision, agreements, also, asked_at)
        except GuardRefused as error:
            refused = Refused(error.reason, clause)
            if refused.reason not in REQUIREMENTS_UNMET:
                return refused
            unmet[decision.number, decision.permit.position] = refused


def _request(asker: Asker, question: Question) -> Request:
    return Request(
        kind=question.kind,
        agency_ori=asker.agency_ori,
        office=asker.office,
        role=asker.role,
        purpose=question.purpose,
        case_number=question.case_number or "",
        keys=question.keys,
        tolerance_years=question.tolerance_years,
        elements=question.elements,
        list_needs=LISTS[question.listing].needs if question.listing else frozenset(),
        events=question.events,
    )


def _disclose(
    asker: Asker,
    question: Question,
    decision: Decision,
    agreements: Known,
    also: Also | None,
    asked_at: float,
) -> Answer:
    disclosure, salt = uuid4(), secrets.token_bytes(SALT_SIZE)
    plan = Plan.of(question, decision, agreements.now())
    version = agreements.version(decision.number)
    with gateway.connection() as opened:
        at, rows = gateway.begin(
            opened,
            disclosure=disclosure,
            schema=plan.schema,
            asker=asker.user_id,
            kind=question.kind,
            purpose=question.purpose,
            asked=question.as_json(),
            salt=salt,
            epoch=agreements.epoch,
            reads=plan.first_reads(),
        )
        records = reading.records(opened, plan, rows)
        body = _body(disclosure, at, question, plan, version, records)
        arrests = [record.arrest for record in records if record.arrest]
        leaf = entry.permitted(
            disclosure=disclosure,
            at=at,
            salt=salt,
            question=question,
            asker=asker.user_id,
            agency_ori=asker.agency_ori,
            agreement_hash=version.text_hash,
            clause=plan.clause,
            elements=plan.elements,
            subjects=[record.subject for record in records if record.subject],
            records=len(arrests),
            answer=body,
        )
        if also is not None:
            also(opened)
        if not records and _on_the_beat(asker, question):
            beat.wait(asked_at)
        pending_id = gateway.end(opened, leaf=leaf, arrests=arrests, elements=plan.elements)
    return Answer(disclosure, body, salt, pending_id)


def _body(
    disclosure: UUID, at: str, question: Question, plan: Plan, version: Version, records: Sequence[Record]
) -> dict[str, object]:
    return {
        "disclosure": str(disclosure),
        "as_of": at,
        "agreement": {
            "identifier": version.agreement.identifier,
            "version": version.agreement.version,
            "hash": version.text_hash,
            "clause": plan.clause,
        },
        "purpose": question.purpose,
        "elements": plan.elements,
        "notices": [NOTICE, *(notice.text for notice in version.agreement.notices)],
        "results": [record.values for record in records],
    }
