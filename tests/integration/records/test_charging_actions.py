"""The prosecutor's verbs: what they ask for, what they refuse, and what two desks do to each other."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from openpars.errors import BadInput, Conflict, NotFound
from openpars.paper import digest, from_data
from openpars.records import actions
from openpars.records.models import Arrest, Charge, Paper, Question
from tests.factories import papers
from tests.factories.records import AT, BY, asked, charge, filed, reported, sent

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=5)


def version(report):
    return Arrest.objects.get(pk=report.arrest).version


@pytest.mark.parametrize("decision", ["declined", "withdrawn"])
@pytest.mark.parametrize("reason", ["", "  \n", "x" * 4001])
def test_a_charge_is_declined_for_a_reason(decision, reason):
    report = reported()
    with pytest.raises(BadInput) as refused:
        actions.decide_charge(charge=report.charges[0], decision=decision, reason=reason, by=BY, at=LATER)
    assert [problem.where for problem in refused.value.problems] == ["reason"]
    assert Charge.objects.get().status == "pending"
    actions.decide_charge(charge=report.charges[0], decision=decision, reason=" No proof. ", by=BY, at=LATER)
    assert (Charge.objects.get().status, Charge.objects.get().reason) == (decision, "No proof.")


def test_filing_approves_what_it_follows_and_leaves_the_rest():
    report = reported(charges=[charge(), charge(statute="18 § 903", description="Conspiracy")])
    actions.file_charges(arrest=report.arrest, charges=[charge(follows=report.charges[0])], by=BY, at=LATER)
    states = dict(Charge.objects.filter(stage="recommended").values_list("pk", "status"))
    assert states == {report.charges[0]: "approved", report.charges[1]: "pending"}


def test_nothing_is_not_filed_and_neither_is_what_was_declined():
    report = reported()
    with pytest.raises(BadInput, match="at least one"):
        actions.file_charges(arrest=report.arrest, charges=[], by=BY, at=LATER)
    actions.decide_charge(charge=report.charges[0], decision="declined", reason="No proof.", by=BY, at=LATER)
    with pytest.raises(Conflict, match="declined"):
        actions.file_charges(
            arrest=report.arrest, charges=[charge(follows=report.charges[0])], by=BY, at=LATER
        )


def test_a_filed_charge_is_withdrawn_once_and_stays_filed_when_it_was():
    report = reported()
    (first,) = filed(report)
    before = Charge.objects.get(pk=first).decided_at
    with pytest.raises(Conflict, match="only a filed charge"):
        actions.withdraw_charge(charge=report.charges[0], reason="Settled.", by=BY, at=LATER)
    actions.withdraw_charge(charge=first, reason="Settled.", by=BY, at=LATER)
    row = Charge.objects.get(pk=first)
    assert (row.status, row.reason, row.decided_at) == ("withdrawn", "Settled.", before)
    with pytest.raises(Conflict, match="stands"):
        actions.withdraw_charge(charge=first, reason="Settled.", by=BY, at=LATER)


def test_a_question_needs_a_sent_report_and_is_answered_once():
    report = reported()
    with pytest.raises(Conflict, match="needs a sending of the report"):
        actions.ask_police(arrest=report.arrest, text="Who saw it?", by=BY, at=LATER)
    question = asked(report)
    actions.answer_prosecutor(question=question, answer="The owner.", by=BY, at=LATER)
    row = Question.objects.get()
    assert (row.text, row.answer, row.answered_at) == ("Who saw it?", "The owner.", LATER)
    with pytest.raises(Conflict, match="already"):
        actions.answer_prosecutor(question=question, answer="Nobody.", by=BY, at=LATER)
    with pytest.raises(NotFound):
        actions.answer_prosecutor(question=uuid4(), answer="Nobody.", by=BY, at=LATER)
    with pytest.raises(BadInput):
        actions.ask_police(arrest=report.arrest, text=" ", by=BY, at=LATER)


SECOND_DESK = {
    "decide": lambda report, seen: actions.decide_charge(
        charge=report.charges[0], decision="approved", seen=seen, by=BY, at=LATER
    ),
    "file": lambda report, seen: actions.file_charges(
        arrest=report.arrest, charges=[charge()], seen=seen, by=BY, at=LATER
    ),
    "ask": lambda report, seen: actions.ask_police(
        arrest=report.arrest, text="Who?", seen=seen, by=BY, at=LATER
    ),
}


@pytest.mark.parametrize("verb", SECOND_DESK)
def test_law_of_two_desks_the_second_is_refused_and_nothing_is_overwritten(verb):
    report = reported()
    sent(report)
    seen = version(report)
    actions.change_custody(arrest=report.arrest, state="in hospital", by=BY, at=LATER)
    with pytest.raises(Conflict, match="somebody else has changed this arrest"):
        SECOND_DESK[verb](report, seen)
    assert (Charge.objects.get().status, Question.objects.count()) == ("pending", 0)
    SECOND_DESK[verb](report, version(report))


def test_law_a_paper_is_kept_with_what_it_was_made_from_and_never_replaced():
    report = reported()
    first = papers.complaint()
    kept = actions.make_paper(arrest=report.arrest, paper=first, by=BY, at=LATER)
    with pytest.raises(Conflict, match="meanwhile"):
        actions.make_paper(arrest=report.arrest, paper=first, by=BY, at=LATER)
    second = replace(first, facts="Other facts.", issue=replace(first.issue, version=2))
    actions.make_paper(arrest=report.arrest, paper=second, by=BY, at=LATER)
    actions.make_paper(arrest=report.arrest, paper=papers.arrest_report(), by=BY, at=LATER)
    row = Paper.objects.get(pk=kept)
    assert (row.kind, row.version, bytes(row.pdf)[:5]) == ("complaint", 1, b"%PDF-")
    frozen = from_data(json.loads(row.basis))
    assert frozen == first
    assert row.digest == digest(frozen)
    assert set(Paper.objects.values_list("kind", "version")) == {
        ("complaint", 1),
        ("complaint", 2),
        ("arrest-report", 1),
    }


def test_charges_are_filed_with_their_complaint_or_not_at_all():
    report = reported()
    actions.make_paper(arrest=report.arrest, paper=papers.complaint(), by=BY, at=LATER)
    old = papers.complaint()
    with pytest.raises(Conflict, match="meanwhile"):
        actions.file_charges(
            arrest=report.arrest, charges=[charge(follows=report.charges[0])], papers=[old], by=BY, at=LATER
        )
    assert (Charge.objects.get().status, Paper.objects.count()) == ("pending", 1)
    new = replace(old, issue=replace(old.issue, version=2))
    actions.file_charges(
        arrest=report.arrest, charges=[charge(follows=report.charges[0])], papers=[new], by=BY, at=LATER
    )
    assert (Charge.objects.filter(stage="filed").count(), Paper.objects.count()) == (1, 2)
