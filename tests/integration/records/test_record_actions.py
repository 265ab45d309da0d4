"""Verbs of the desk: what they change, what they refuse, and that the trace and the change are one."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection, transaction

from openpars.agencies.queries import events
from openpars.errors import BadInput, Conflict, NotFound
from openpars.records import actions, queries, wall
from openpars.records.actions import bulk, tracing
from openpars.records.models import (
    Arrest,
    Charge,
    CourtOrder,
    CustodyStatusChange,
    Disposition,
    Person,
    Question,
    Trace,
    Victim,
    Witness,
)
from openpars.records.rules.bail import BailDecision, BailKind, Recommendation
from openpars.records.rules.delays import Reason, Segment
from openpars.records.rules.facts import InterviewFacts, LeadFacts, YouthFacts
from openpars.records.rules.grades import OffenseKind
from openpars.records.rules.hearings import next_session
from openpars.records.rules.identifiers import Docket
from openpars.records.rules.lifecycle import Custody
from tests.factories import agencies, papers
from tests.factories.booking import amended, another, drafted, merged
from tests.factories.records import (
    AT,
    BY,
    ZONE,
    asked,
    batch,
    charge,
    corrected,
    filed,
    hearing,
    ordered,
    person,
    reported,
    sent,
)

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=5)
MONEY = BailDecision(BailKind.MONETARY, Decimal(500), Decimal(10))


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    # Only for the wall's key; the database is connected already.
    monkeypatch.setattr(wall, "state_folder", lambda: tmp_path)


FILED_FIRST = {
    "set_bail", "hold_arraignment", "dispose", "list_for_hearing", "post_bail", "enter_docket",
    "report_disposition", "withdraw_charge", "hold_hearing", "put_off_hearing",
}  # fmt: skip
VERBS = {
    "report_arrest": lambda report: reported(),
    "decide_charge": lambda report: actions.decide_charge(
        charge=report.charges[0], decision="declined", reason="No witness.", by=BY, at=LATER
    ),
    "withdraw_charge": lambda report: actions.withdraw_charge(
        charge=Charge.objects.get(stage="filed").pk, reason="No witness.", by=BY, at=LATER
    ),
    "ask_police": lambda report: actions.ask_police(
        arrest=sent(report), text="Where is Imani?", by=BY, at=LATER
    ),
    "answer_prosecutor": lambda report: actions.answer_prosecutor(
        question=Question.objects.get().pk, answer="Imani is here.", by=BY, at=LATER
    ),
    "make_paper": lambda report: actions.make_paper(
        arrest=report.arrest, paper=papers.letter(), by=BY, at=LATER
    ),
    "file_charges": lambda report: actions.file_charges(
        arrest=report.arrest, charges=[charge(follows=report.charges[0])], by=BY, at=LATER
    ),
    "change_custody": lambda report: actions.change_custody(
        arrest=report.arrest, state=Custody.HOSPITAL, by=BY, at=LATER
    ),
    "note_delay": lambda report: actions.note_delay(
        arrest=report.arrest, delay=Segment(Reason.OTHER, AT, LATER, "Waits for Imani."), by=BY, at=LATER
    ),
    "charge_as_adult": lambda report: actions.charge_as_adult(
        arrest=report.arrest, ground="convicted", youth=YouthFacts(16, ("18 § 3921",)), by=BY, at=LATER
    ),
    "hold_hearing": lambda report: actions.hold_hearing(
        arrest=report.arrest, heard_on=LATER.date(), by=BY, at=LATER
    ),
    "put_off_hearing": lambda report: actions.put_off_hearing(
        arrest=report.arrest, next_on=date(2026, 3, 16), cause="Counsel is ill.", by=BY, at=LATER
    ),
    "set_bail": lambda report: actions.set_bail(
        arrest=report.arrest, bail=MONEY, reason="Missed a hearing.", by=BY, at=LATER
    ),
    "hold_interview": lambda report: actions.hold_interview(
        arrest=report.arrest,
        interview=InterviewFacts("Lives with kin", True, "Two children", "Baker"),
        recommendation=Recommendation(BailKind.ROR),
        lead=LeadFacts("M1", OffenseKind.PROPERTY),
        by=BY,
        at=LATER,
    ),
    "list_for_hearing": lambda report: actions.list_for_hearing(
        arrest=report.arrest, session_at=next_session(LATER, ZONE).begins_at, site="C", by=BY, at=LATER
    ),
    "hold_arraignment": lambda report: actions.hold_arraignment(
        arrest=report.arrest, hearing=hearing(LATER), by=BY, at=LATER
    ),
    "post_bail": lambda report: actions.post_bail(
        arrest=report.arrest, amount=Decimal(50), by=BY, at=LATER
    ),
    "enter_docket": lambda report: actions.enter_docket(
        arrest=report.arrest, docket=Docket.parse("MC-99-CR-0000002-2026"), by=BY, at=LATER
    ),
    "appoint_counsel": lambda report: actions.appoint_counsel(
        arrest=report.arrest, counsel=agencies.user("defender").id, by=BY, at=LATER
    ),
    "report_disposition": lambda report: actions.report_disposition(
        disposition=Disposition.objects.get().pk, by=BY, at=LATER
    ),
    "dispose": lambda report: actions.dispose(
        charge=Charge.objects.get(stage="filed").pk,
        outcome="dismissed",
        disposed_on=LATER.date(),
        by=BY,
        at=LATER,
    ),
    "add_victim": lambda report: actions.add_victim(
        incident=report.incident, name="Imani Oakley", by=BY, at=LATER
    ),
    "add_witness": lambda report: actions.add_witness(
        incident=report.incident, name="Rory Glenwood", account="Saw it.", by=BY, at=LATER
    ),
    "correct": lambda report: corrected(report.arrest, "person", "given_name", "Imani", at=LATER),
    "enter_order": lambda report: ordered(report, at=LATER),
    "limit_access": lambda report: actions.limit_access(
        number="Clean Slate 1", court="AOPC", ordered_on=LATER.date(), arrests=[report.arrest], by=BY, at=LATER
    ),
    "expunge": lambda report: actions.expunge(
        order=CourtOrder.objects.get().pk, number="CP-99-MD-0000001-2026", by=BY, at=LATER
    ),
    "load": lambda report: actions.load(batch=batch(), by=BY, at=LATER),
    "amend_arrest": lambda report: amended(report, at=LATER),
    "record_prints": lambda report: actions.record_prints(
        arrest=report.arrest, taken_at=LATER, by=BY, at=LATER
    ),
    "record_identity": lambda report: actions.record_identity(
        arrest=report.arrest, sid="123-45-67-8", by=BY, at=LATER
    ),
    "keep_draft": lambda report: actions.keep_draft(
        draft=None, kind="arrest", content={"given_name": "Marisol"}, by=BY, at=LATER
    ),
    "drop_draft": lambda report: actions.drop_draft(draft=drafted(), by=BY, at=LATER),
    "merge_persons": lambda report: actions.merge_persons(
        keep=report.arrest, other=reported().arrest, rationale="Marisol, the same prints.", by=BY, at=LATER
    ),
    "split_persons": lambda report: actions.split_persons(
        arrests=[another(report).arrest], person=person(), rationale="Two people.", by=BY, at=LATER
    ),
    "undo_merge": lambda report: actions.undo_merge(identification=merged(report), by=BY, at=LATER),
}  # fmt: skip


def _everything():
    with connection.cursor() as cursor:
        walled = [model.objects.count() for model in (Victim, Witness)]
        cursor.execute("SELECT status FROM records_charge ORDER BY id")
        return queries.counts(), walled, cursor.fetchall()


def _report(verb):
    young = {"who": person(birth_date=date(2010, 1, 1))} if verb == "charge_as_adult" else {}
    report = reported(**young)
    if verb in FILED_FIRST:
        filed(report)
    if verb in ("set_bail", "post_bail", "hold_hearing", "put_off_hearing"):
        at = LATER - timedelta(hours=1)
        actions.hold_arraignment(arrest=report.arrest, hearing=hearing(at), by=BY, at=at)
    if verb == "post_bail":
        VERBS["set_bail"](report)
    if verb == "report_disposition":
        VERBS["dispose"](report)
    if verb == "expunge":
        ordered(report)
    if verb == "answer_prosecutor":
        asked(report)
    return report


def test_every_verb_is_tried_here():
    assert set(VERBS) == {name for name in actions.__all__ if name != "CHANNEL"}


@pytest.mark.parametrize("verb", VERBS)
def test_law_a_write_leaves_a_trace_of_who_and_when(verb):
    report = _report(verb)
    before = set(Trace.objects.values_list("pk", flat=True))
    VERBS[verb](report)
    (trace,) = Trace.objects.exclude(pk__in=before).filter(verb=verb)
    assert (trace.verb, trace.by) == (verb, str(BY))
    assert trace.at == (AT if verb == "report_arrest" else LATER)
    told = [one for one in events(kind="write", most=9) if (one.about or {}).get("trace") == trace.pk]
    # A draft is no record: its trace alone says that it was kept or dropped.
    if verb in ("keep_draft", "drop_draft"):
        assert told == []
    else:
        (one,) = told
        assert (one.by, one.about["verb"], one.door, one.agrees) == (trace.by, verb, "console", True)
        # Where a verb is about one arrest the entry is too; an erasure is tied to none.
        assert one.about.get("arrest") != str(report.arrest) or verb not in ("expunge", "load")
        wanted = {"verb": verb, "trace": trace.pk} | tracing.facts(
            at=trace.at, subject=trace.subject, count=trace.count, detail=trace.detail
        )
        assert {name: said for name, said in one.about.items() if name != "arrest"} == wanted
    for personal in ("Marisol", "Imani", "Rory", "Saw it", "1990"):
        assert personal not in f"{trace.detail}{trace.verb}{trace.subject}"


@pytest.mark.parametrize("lost", ["leave_trace", "enter"])
@pytest.mark.parametrize("verb", VERBS)
def test_law_no_trace_no_entry_no_change(verb, lost, monkeypatch):
    if lost == "enter" and verb in ("keep_draft", "drop_draft"):
        return
    report = _report(verb)
    before = _everything()

    def loses(*_, **__):
        raise RuntimeError("the trace is lost")

    for module in (tracing, bulk):
        monkeypatch.setattr(module, lost, loses)
    with pytest.raises(RuntimeError), transaction.atomic():
        VERBS[verb](report)
    assert _everything() == before


def test_a_trace_is_not_edited_afterwards():
    reported()
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Trace.objects.update(by="somebody else")


def test_charges_as_filed_leave_charges_as_recommended_untouched():
    report = reported(charges=[charge(grade="F3")])
    before = Charge.objects.filter(stage="recommended").values("statute", "grade", "description").get()
    actions.decide_charge(charge=report.charges[0], decision="approved", by=BY, at=LATER)
    (answer,) = actions.file_charges(
        arrest=report.arrest, charges=[charge(grade="M1", follows=report.charges[0])], by=BY, at=LATER
    )
    assert (
        Charge.objects.filter(stage="recommended").values("statute", "grade", "description").get() == before
    )
    row = Charge.objects.get(pk=answer)
    assert (row.grade, row.follows_id, row.decided_at) == ("M1", report.charges[0], LATER)


@pytest.mark.parametrize(
    ("what", "verb"),
    [
        ("needs a filing", lambda report: VERBS["hold_arraignment"](report)),
        ("needs a filing", lambda report: VERBS["set_bail"](report)),
        ("only a filed charge", lambda report: actions.dispose(
            charge=report.charges[0], outcome="dismissed", disposed_on=LATER.date(), by=BY, at=LATER
        )),
        ("cannot be earlier than the arrest", lambda report: actions.change_custody(
            arrest=report.arrest, state=Custody.HOSPITAL, by=BY, at=AT - timedelta(minutes=1)
        )),
        ("one of", lambda report: actions.decide_charge(
            charge=report.charges[0], decision="perhaps", by=BY, at=LATER
        )),
        ("same arrest", lambda report: actions.file_charges(
            arrest=report.arrest, charges=[charge(follows=uuid4())], by=BY, at=LATER
        )),
        ("category: must be on view", lambda report: reported(category="Q")),
        ("arrested_at: must not be before the birth", lambda report: reported(
            who=person(birth_date=date(2026, 3, 9))
        )),
    ],
)  # fmt: skip
def test_refused_and_nothing_changed(what, verb):
    report = reported()
    before = _everything()
    with pytest.raises((Conflict, BadInput), match=what):
        verb(report)
    assert _everything() == before


def test_a_decided_charge_is_not_decided_again():
    report = reported()
    VERBS["decide_charge"](report)
    with pytest.raises(Conflict, match="pending"):
        VERBS["decide_charge"](report)


@pytest.mark.parametrize(
    "verb",
    [
        lambda: actions.change_custody(arrest=uuid4(), state=Custody.HOSPITAL, by=BY, at=AT),
        lambda: actions.decide_charge(charge=uuid4(), decision="approved", by=BY, at=AT),
        lambda: actions.add_victim(incident=uuid4(), name="Imani Oakley", by=BY, at=AT),
    ],
)
def test_what_does_not_exist_is_not_found(verb):
    with pytest.raises(NotFound):
        verb()


def test_a_reported_arrest_is_in_custody_from_the_arrest_on():
    report = reported()
    change = CustodyStatusChange.objects.get(arrest_id=report.arrest)
    assert (change.state, change.changed_at) == ("in custody", AT)
    row = Person.objects.get(pk=report.person)
    assert (row.given_folded, row.surname_folded) == ("marisol", "ibanez keane")
    assert Arrest.objects.get(pk=report.arrest).arrested_at_precision == "minute"


def test_behind_the_wall_lies_ciphertext_only():
    report = reported()
    victim = actions.add_victim(
        incident=report.incident, name="Imani Oakley", birth_date=date(2001, 2, 3), contact="", by=BY, at=AT
    )
    row = Victim.objects.get(pk=victim)
    assert b"Imani" not in bytes(row.name_sealed)
    assert row.contact_sealed is None
    opened = wall.unseal(row.name_sealed, relation="victim", row=victim, column="name_sealed")
    born = wall.unseal(row.birth_date_sealed, relation="victim", row=victim, column="birth_date_sealed")
    assert (opened, born) == ("Imani Oakley", "2001-02-03")


def test_loading_again_changes_nothing():
    first = actions.load(batch=batch(), by=BY, at=AT)
    assert first.added == {"persons": 3, "incidents": 3, "arrests": 3, "charges": 3}
    keys = set(Person.objects.values_list("commitment_key", flat=True))
    traces, before = Trace.objects.count(), _everything()
    second = actions.load(batch=batch(), by=BY, at=LATER)
    assert second.known == first.added
    assert not any(second.added.values())
    assert _everything() == before
    assert Trace.objects.count() == traces, "nothing was changed, so there is nothing to trace"
    assert set(Person.objects.values_list("commitment_key", flat=True)) == keys


def test_a_batch_that_breaks_a_rule_stores_nothing_and_repeats_no_value():
    good = batch()
    bad = good.arrests[1]._replace(category="Q")
    broken = batch().__class__(persons=good.persons, incidents=good.incidents, arrests=(good.arrests[0], bad))
    with pytest.raises(Conflict) as caught:
        actions.load(batch=broken, by=BY, at=AT)
    assert str(caught.value).endswith("arrest_category_known")
    assert queries.counts()["person"] == 0


def test_a_batch_that_names_what_is_not_there_is_refused_at_once():
    with pytest.raises(Conflict, match="fk"):
        actions.load(batch=batch().__class__(arrests=batch().arrests), by=BY, at=AT)


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_of_a_commit_without_a_payload():
    raw = connection.cursor().cursor.connection
    raw.execute(f"LISTEN {actions.CHANNEL}")
    actions.load(batch=batch(), by=BY, at=AT)
    (heard,) = raw.notifies(timeout=2, stop_after=1)
    assert (heard.channel, heard.payload) == (actions.CHANNEL, "")
    raw.execute(f"UNLISTEN {actions.CHANNEL}")
