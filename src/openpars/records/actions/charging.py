"""The prosecutor's verbs: decide what police recommend, ask them, file, withdraw, print the papers.

`seen` is the version of the arrest that the person looked at: where another desk has changed the arrest since, the
verb is refused (Conflict) and nothing is overwritten.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from openpars.agencies import events
from openpars.errors import BadInput, Conflict, NotFound
from openpars.paper import Paper as Printed
from openpars.paper import as_data, digest, render
from openpars.records import queries
from openpars.records.actions.hearings import take_date_away
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import changed, insert, person, read, touch
from openpars.records.models import Arrest, Charge, Paper, Question
from openpars.records.rules.facts import ChargeFacts, YouthFacts
from openpars.records.rules.juveniles import direct_file_problems
from openpars.records.rules.lifecycle import DECISIONS, Event, check

WORDS_LIMIT = 4000
"""Most characters of a reason, a question or an answer."""


def decide_charge(
    *,
    charge: UUID,
    decision: str,
    reason: str = "",
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> None:
    """Decide a recommended charge that is pending: approved, declined or withdrawn, the last two for a `reason`.
    The charge stays as it was recommended; what is filed instead is a charge of its own (`file_charges`)."""
    if decision not in DECISIONS:
        raise Conflict(f"a charging decision is one of {', '.join(sorted(DECISIONS))}")
    if decision != "approved" or reason:
        reason = _words("reason", reason)
    with traced("decide_charge", by, at, "charge", decision=decision) as verb:
        verb.arrest = hold(charge, "recommended", "only a recommended charge can be decided", seen=seen)
        check(Event.CHARGING, at, queries.course(verb.arrest))
        decide = "UPDATE records_charge SET status = %s, decided_at = %s, reason = %s"
        if not changed(f"{decide} WHERE id = %s AND status = 'pending'", decision, at, reason, charge):
            raise Conflict("only a recommended charge that is pending can be decided")


def withdraw_charge(
    *, charge: UUID, reason: str, seen: int | None = None, by: UUID | str, at: datetime
) -> None:
    """The prosecutor withdraws a filed charge, for a `reason`. When it was filed stays as it was."""
    reason = _words("reason", reason)
    with traced("withdraw_charge", by, at, "charge") as verb:
        verb.arrest = hold(charge, "filed", "only a filed charge can be withdrawn", seen=seen)
        check(Event.DISPOSITION, at, queries.course(verb.arrest))
        if not Charge.objects.filter(pk=charge, status="approved").update(status="withdrawn", reason=reason):
            raise Conflict("only a filed charge that stands can be withdrawn")
        take_date_away(verb.arrest)


def charge_as_adult(
    *, arrest: UUID, ground: str, youth: YouthFacts, seen: int | None = None, by: UUID | str, at: datetime
) -> None:
    """A juvenile is charged as an adult, on a ground of 42 Pa.C.S. 6302: from now on the court has the case too. Raises
    BadInput at `ground`, Conflict where the arrest is an adult's."""
    if problems := direct_file_problems(ground, age=youth.age, statutes=youth.statutes):
        raise BadInput(problems)
    with traced("charge_as_adult", by, at, "arrest", arrest=arrest, ground=ground):
        touch(arrest, seen=seen, direct_file=ground)
        check(Event.CHARGING, at, queries.course(arrest))
        if not Arrest.objects.filter(pk=arrest, juvenile=True).exists():
            raise Conflict("an adult is charged as one without a ground")


def ask_police(*, arrest: UUID, text: str, seen: int | None = None, by: UUID | str, at: datetime) -> UUID:
    """Ask the police for more before a decision; until they answer, it is their turn."""
    text = _words("question", text)
    with traced("ask_police", by, at, "question", arrest=arrest):
        touch(arrest, seen=seen)
        check(Event.QUESTION, at, queries.course(arrest))
        (row,) = insert(
            Question, [{"arrest_id": arrest, "text": text, "asked_at": at, "asked_by": person(by)}]
        )
    return row


def answer_prosecutor(
    *, question: UUID, answer: str, seen: int | None = None, by: UUID | str, at: datetime
) -> None:
    """Answer a question of the prosecutor, once."""
    answer = _words("answer", answer)
    with traced("answer_prosecutor", by, at, "question") as verb:
        verb.arrest = Question.objects.filter(pk=question).values_list("arrest_id", flat=True).first()
        if verb.arrest is None:
            raise NotFound("no such question")
        touch(verb.arrest, seen=seen)
        check(Event.ANSWER, at, queries.course(verb.arrest))
        open_still = Question.objects.filter(pk=question, answered_at=None, asked_at__lte=at)
        if not open_still.update(answer=answer, answered_at=at, answered_by=person(by)):
            raise Conflict("this question has been answered already")


def file_charges(
    *,
    arrest: UUID,
    charges: Sequence[ChargeFacts],
    docket_number: str = "",
    papers: Sequence[Printed] = (),
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> tuple[UUID, ...]:
    """File charges with the court, with the `papers` that go with them: the complaint, and what it rests on. A
    recommended charge that one of them follows is approved by it if it was pending; its words are neither changed nor
    copied. A declined one is not followed."""
    if not charges:
        raise BadInput.one("charges", "at least one charge is filed")
    printed = [_printed(paper) for paper in papers]
    with traced("file_charges", by, at, "charge", len(charges), arrest=arrest):
        touch(arrest, seen=seen)
        check(Event.FILING, at, queries.course(arrest))
        if read("SELECT 1 FROM records_arrest WHERE id = %s AND juvenile AND direct_file = ''", arrest):
            raise Conflict(
                "a juvenile's charges are the juvenile court's, unless they are charged as an adult"
            )
        _approve({charge.follows for charge in charges if charge.follows}, arrest, at)
        filed = "SELECT count(*) FROM records_charge WHERE arrest_id = %s AND stage = 'filed' AND docket_number = %s"
        ((before,),) = read(filed, arrest, docket_number)
        for each in printed:
            _keep(arrest, each, by, at)
        return insert(
            Charge,
            [
                charge_row(arrest, before + number, charge, stage="filed", status="approved")
                | {"decided_at": at, "docket_number": docket_number}
                for number, charge in enumerate(charges, 1)
            ],
        )


def make_paper(*, arrest: UUID, paper: Printed, by: UUID | str, at: datetime) -> UUID:
    """Print a paper of an arrest and keep it, with all that it was made from and its digest: versions are added,
    never changed. Its issue must bear the next version of its kind, else somebody printed it meanwhile (Conflict).

    Raises BadInput or PaperNotPrinted where the paper cannot be printed; then nothing is kept."""
    printed = _printed(paper)
    with traced("make_paper", by, at, "paper", arrest=arrest, kind=paper.kind):
        touch(arrest)
        return _keep(arrest, printed, by, at)


def charge_row(arrest: UUID, number: int, facts: ChargeFacts, *, stage: str, status: str) -> dict[str, Any]:
    """A charge as `insert` takes it."""
    return {
        "arrest_id": arrest,
        "sequence": number,
        "stage": stage,
        "statute": facts.statute,
        "description": facts.description,
        "grade": facts.grade,
        "count": facts.count,
        "status": status,
        "follows_id": facts.follows,
    }


def hold(charge: UUID, stage: str, words: str, *, seen: int | None = None) -> UUID:
    """The arrest of a charge of that stage, held until the commit. Raises NotFound, Conflict in those `words`."""
    rows = read("SELECT arrest_id, stage FROM records_charge WHERE id = %s", charge)
    if not rows:
        raise NotFound("no such charge")
    arrest: UUID = rows[0][0]
    if rows[0][1] != stage:
        raise Conflict(words)
    touch(arrest, seen=seen)
    return arrest


def _printed(paper: Printed) -> dict[str, Any]:
    """A paper as it is kept: all of it made from its own data. Printing takes its time, so no arrest is held yet."""
    return {
        "kind": paper.kind,
        "version": paper.issue.version,
        "digest": digest(paper),
        "basis": json.dumps(as_data(paper), ensure_ascii=False, sort_keys=True),
        "pdf": render(paper),
    }


def _keep(arrest: UUID, printed: dict[str, Any], by: UUID | str, at: datetime) -> UUID:
    """Keep a printed paper of an arrest that is held. Raises Conflict where its version is not the next one."""
    ours = Paper.objects.filter(arrest_id=arrest, kind=printed["kind"])
    if printed["version"] != (ours.aggregate(last=Max("version"))["last"] or 0) + 1:
        raise Conflict("somebody else has printed this paper meanwhile: look at it again")
    (row,) = insert(Paper, [{"arrest_id": arrest, "made_at": at, "made_by": person(by), **printed}])
    events.record("print-paper", by=by, about={"paper": str(row)})
    return row


def _approve(followed: set[UUID], arrest: UUID, at: datetime) -> None:
    """Approve those of the followed charges that are pending. Raises Conflict where one cannot be followed."""
    if not followed:
        return
    these, of_them = "id = ANY (%s) AND arrest_id = %s AND stage = 'recommended'", (list(followed), arrest)
    standing = read(f"SELECT status FROM records_charge WHERE {these}", *of_them)  # noqa: S608
    if len(standing) != len(followed):
        raise Conflict("a filed charge follows a recommended charge of the same arrest")
    if not {("declined",), ("withdrawn",)}.isdisjoint(standing):
        raise Conflict("a charge that was declined or withdrawn is not filed")
    approved = (
        f"UPDATE records_charge SET status = 'approved', decided_at = %s WHERE {these} AND status = 'pending'"  # noqa: S608
    )
    changed(approved, at, *of_them)


def _words(where: str, text: str) -> str:
    """`text` without the white space around it. Raises BadInput at the field `where`."""
    text = text.strip()
    if not text:
        raise BadInput.one(where, f"enter the {where}")
    if len(text) > WORDS_LIMIT:
        raise BadInput.one(where, f"at most {WORDS_LIMIT:,} characters")
    return text
