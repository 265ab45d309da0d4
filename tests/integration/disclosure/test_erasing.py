"""Promise 8: erased everywhere, and every proof still verifies. And whoever was given it is told."""

import json
import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from openpars import clock
from openpars.agencies.queries import city_day
from openpars.agreements.rules.terms import Grant, Rows
from openpars.disclosure import accounting, actions, auditing, notices
from openpars.disclosure.auditing import Criteria
from openpars.disclosure.models import AgencyCase, Approval, Subscription
from openpars.disclosure.rules.request import Asker
from openpars.errors import BadInput, Conflict, NotEmpowered, NotFound
from openpars.records import actions as records
from openpars.records.models import Arrest, Correction, CourtOrder, Incident, Person, Victim
from openpars.records.queries import order as queries_order
from openpars.records.queries import orders_of as queries_orders
from openpars.records.rules.facts import ChargeFacts
from openpars.translog import actions as translog
from openpars.translog import log_check, signers
from openpars.translog import queries as log
from openpars.translog.rules import merkle
from openpars.translog.rules.commitment import opens
from openpars.verifier.receipt import verify
from openpars.verifier.trust import Trust
from tests.factories import papers
from tests.factories.records import corrected
from tests.integration.disclosure.city import PURPOSE, City, enforce, outsider, permit, under
from tests.integration.disclosure.markers import DOCKET, MARKER, found, marked, plant, plant_outside, tables
from tests.integration.disclosure.test_powers import charter, power_of

NUMBER = "CP-99-MD-0000042-2026"
DAY = city_day(clock.now())


def custodian() -> Asker:
    """A records custodian with a custodian's powers under a charter in force."""
    asker = outsider(office="police", role="records custodian")
    verbs = ("correct", "enter_order", "limit_access", "expunge", "account", "delay_line", "audit")
    enforce(charter((asker.agency_ori, "police"), powers=(power_of("police", verbs),)))
    return asker


def looked_at_the_log(arrest: Arrest, agent: Asker, keeper: Asker) -> None:
    """Every trace that looks at the log of looks leave of a person: accounts, codes, sessions, keys, delays, audits."""
    who = {"by": keeper.user_id, "at": clock.now()}
    accounting.account(arrest=arrest.pk, with_keys=True, **who)
    accounting.issue_code(arrest=arrest.pk, **who)
    session = accounting.redeem(accounting.issue_code(arrest=arrest.pk, **who).text)
    accounting.own(session=session or "", with_keys=True)
    number = Incident.objects.get(pk=arrest.incident_id).dc_number
    accounting.delay_line(agency_ori=agent.agency_ori, case_number=number, authority="A court",
                          until=clock.now() + timedelta(days=9), **who)  # fmt: skip
    for criteria in (Criteria(arrest=arrest.pk), Criteria(about_case=number)):
        auditing.audit(criteria=criteria, **who)


OF_NOBODY = {
    **dict.fromkeys(("agencies_agency", "agencies_token", "agencies_trace", "agencies_user"), "who uses the system"),
    **dict.fromkeys(("axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog",
                     "axes_accesslog", "django_session"), "who logs in"),
    **dict.fromkeys(("auth_group", "auth_group_permissions", "auth_permission", "django_content_type",
                     "django_migrations", "guard.city"), "what the system is"),
    "guard.day_use": "how many requests and results a permit had on a day",
    **dict.fromkeys(("agencies_event", "agencies_eventcount", "disclosure_act", "disclosure_notice",
                     "records_courtorder", "records_trace"), "ids of what was"),
    **dict.fromkeys((f"agreements_{name}" for name in (
        "act", "agreementversion", "ballotvote", "certificate", "change", "delivery", "draft", "enteredrule", "letter",
        "obstacle", "partykey", "partysignature", "permit", "power", "proposal",
    )), "agreements, their parties and letters"),
    **dict.fromkeys(("agreements_comment", "guard.comment_source"), "what the public said of a proposal"),
    **dict.fromkeys(("translog_checkpoint", "translog_cosignature", "translog_entry", "translog_halt",
                     "translog_pending", "translog_policy", "translog_publication", "translog_tile"),
                    "the log: commitments"),
}  # fmt: skip
"""Tables in which nothing of a person in the records stands, and what stands there instead."""


def entered(arrest: UUID, by: UUID | str, *, kind: str = "whole", **facts) -> UUID:
    given = {"number": NUMBER, "court": "Court of Common Pleas", "ordered_on": DAY, "kind": kind}
    return records.enter_order(**{**given, **facts}, arrest=arrest, by=by, at=clock.now())


def opened(asker: Asker, arrest: UUID) -> actions.Answer:
    return actions.open_arrest(asker=asker, purpose=PURPOSE, case_number="N-1", arrest=arrest)


def test_law_what_is_erased_is_nowhere_and_every_proof_still_verifies(tmp_path: Path) -> None:
    signer = signers.configured()
    agent, _ = under()
    arrest = plant()
    whom = {"name": "zebrafinch marker, zebrafinch", "birth_date": "1988-04-17", "purpose": PURPOSE}
    given = actions.search(asker=agent, case_number=marked("case"), **whom)
    assert len(given.results) == len(opened(agent, arrest.pk).results) == 1
    # Somebody who was shown nothing asked for just this person.
    stranger, _ = under(permit(rows=Rows(charge_status="approved")))
    assert not actions.search(asker=stranger, case_number="N-2", **whom).results
    keep_integrating(signer)
    proof = tmp_path / "before.tlog-proof"
    proof.write_text(log.unwitnessed_receipt(given.pending_id) or "")
    before = log.latest()
    assert len(found(MARKER)) > 40
    keeper = custodian()
    looked_at_the_log(arrest, agent, keeper)
    plant_outside(arrest)
    about = {place.rpartition(".")[0] for place in found(MARKER, str(arrest.pk), str(arrest.person_id))}
    # A table that is neither planted nor known to hold nothing of a person may keep what was to be erased.
    assert (tables() - about - set(OF_NOBODY), set(OF_NOBODY) - tables()) == (set(), set())
    order = entered(arrest.pk, keeper.user_id)
    assert opened(agent, arrest.pk).results, "entered is not carried out"
    records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())
    assert found(MARKER, "zebrafinch") == set()
    assert found(str(arrest.pk), str(arrest.person_id)) <= {
        "records_courtorder.arrest_id",
        "records_courtorder.person_id",
    }
    assert not opened(agent, arrest.pk).results
    keep_integrating(signer)
    # The receipt of before verifies, with nothing of ours at hand, and the log of now begins with the log of then.
    assert verify(proof, Trust(tuple(signer.keys), "the test")).index < before.size
    assert [size for size, _ in log_check.check(*signer.keys)][-1] > before.size
    assert verified_consistent(before)
    told = [json.loads(leaf) for leaf in leaves(before.size)]
    erased = [leaf for leaf in told if leaf["type"] == "openpars.expungement/1"]
    salt = bytes(CourtOrder.objects.get(pk=order).salt)
    assert [set(leaf) for leaf in erased] == [{"at", "kind", "order", "type"}]
    assert opens(erased[0]["order"], "order", NUMBER, salt)
    # (The custodian, whose agency's account it was, knows already.)
    assert [leaf["agency"] for leaf in told if leaf["type"] == "openpars.notice/1"] == [agent.agency_ori]
    assert any("still verifies" in sentence for sentence in notices.statement(order))


def test_what_an_agency_did_under_an_erased_number_stops_and_what_it_did_under_others_stays() -> None:
    arrest, keeper = plant(), custodian()
    plant_outside(arrest)
    other = Subscription.objects.get(case_number=DOCKET)
    other.pk, other.case_number, other.stopped_at = uuid4(), "N-7", None
    other.ends_at = other.confirm_by_at = clock.now() + timedelta(days=9)
    other.save(force_insert=True)
    AgencyCase.objects.create(id=uuid4(), agency_ori="ZZ0010000", number="N-7", owner_id=uuid4(),
                              opened_at=clock.now())  # fmt: skip
    order = entered(arrest.pk, keeper.user_id)
    records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())
    assert Subscription.objects.get(case_number="N-7").stopped_at is None
    assert Subscription.objects.filter(case_number="removed", stopped_at__isnull=False).exists()
    assert AgencyCase.objects.get(number="N-7").closed_at is None
    assert not Approval.objects.filter(case_number=DOCKET).exists()


@pytest.mark.parametrize(
    ("typed", "same"),
    [("26-12-000123", True), ("26 12 000123", True), ("26-12-000124", False), (None, False)],
)
def test_a_number_is_found_in_whichever_way_it_was_written(typed: str | None, same: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.is_one_of(%s, ARRAY['26-12-000123', 'MD-1'])", [typed])
        assert cursor.fetchone() == (same,)


def keep_integrating(signer: signers.Signer) -> None:
    while translog.integrate(signer=signer, at=clock.now()).added:
        pass


def verified_consistent(before: log.CheckpointView) -> bool:
    after = log.latest()
    merkle.verify_consistency(
        before.size, after.size, log.consistency(before.size, after), before.root, after.root
    )
    return True


def leaves(beyond: int) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM translog_entry WHERE index >= %s ORDER BY index", [beyond])
        return [bytes(leaf) for (leaf,) in cursor.fetchall()]


COVERED = {
    "Arrest": "arrests", "Charge": "charges", "Disposition": "dispositions", "CustodyStatusChange": "steps of custody",
    "Bail": "states of bail", "BailCondition": "conditions of bail", "BailGuideline": "guidelines",
    "PreliminaryArraignment": "arraignments", "CourtHearing": "later hearings", "Delay": "delays",
    "Listing": "places on the hearing list", "BailInterview": "bail interviews", "Question": "questions",
    "Paper": "papers", "Draft": "drafts", "Correction": "corrections", "Identification": "merges and splits",
    "Person": "persons", "Incident": "incidents", "Victim": "victims behind the wall",
    "Witness": "witnesses behind the wall",
}  # fmt: skip
"""Table of records -> the words in which an order's page counts what goes of it. Traces and orders stay."""


def rows_of_records() -> dict[str, int]:
    """How many rows each table of records holds, those not yet written too."""
    models = apps.get_app_config("records").get_models()
    return {m.__name__: m.objects.count() for m in models if m.__name__ not in ("Trace", "CourtOrder")}


def test_law_what_an_order_is_told_to_take_is_what_goes() -> None:
    keeper, arrest = custodian(), plant()
    corrected(arrest.pk, "person", "address", "2 Nowhere Street", at=clock.now())
    corrected(arrest.pk, "incident", "location", "3 Nowhere Street", at=clock.now())
    order = entered(arrest.pk, keeper.user_id)
    before, covers = rows_of_records(), queries_order(order).covers
    assert (
        covers["corrections"] == 3
    )  # the one planted, and both of these: one of the person, one of the incident
    records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())
    after = rows_of_records()
    assert {COVERED[name]: before[name] - after[name] for name in before} == {
        words: covers[words] for words in COVERED.values()
    }


def test_without_identifiers_what_can_be_counted_stays() -> None:
    arrest = plant()
    keeper = custodian()
    sex = Person.objects.get(pk=arrest.person_id).sex
    charges, bail = arrest.charges.count(), arrest.bail.count()
    order = entered(arrest.pk, keeper.user_id, kind="identifiers")
    records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())
    left = Arrest.objects.get(pk=arrest.pk)
    assert left.person_id != arrest.person_id
    assert (left.person.sex, left.person.surname, left.person.birth_date) == (sex, "", None)
    assert (left.charges.count(), left.bail.count(), left.district) == (charges, bail, arrest.district)
    assert not Person.objects.filter(pk=arrest.person_id).exists()
    # What is left of the markers are words of the law and of the city's map, of nobody in particular.
    assert {place.partition(".")[2] for place in found(MARKER)} <= {
        *("sex", "race", "ethnicity", "district", "statute", "description", "grade", "state", "owner"),
        *("custody_now", "direct_file"),
        *("type", "result", "next_rule", "site", "outcome", "kind", "rule", "version", "reason"),
    }


def test_the_list_of_prosecutor_and_court_is_nobody_elses() -> None:
    city, keeper = City(), custodian()
    held = city.arrest()
    agent, _ = under()
    listed = []
    for office in ("district-attorney", "court", "defender"):
        asker = outsider(office=office)
        wide = permit(office=office, rows=Rows(charge_status="any", limited_access=True))
        enforce(replace(charter((asker.agency_ori, office)), permits=(wide,)))
        listed.append(asker)
        assert opened(asker, held.arrest.id).results
    order = entered(held.arrest.id, keeper.user_id, kind="limited-list")
    assert opened(agent, held.arrest.id).results
    records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())
    assert not opened(agent, held.arrest.id).results
    ada, court, defender = listed
    assert opened(ada, held.arrest.id).results
    assert opened(court, held.arrest.id).results
    assert not opened(defender, held.arrest.id).results


def test_another_arrest_of_the_person_stays_and_so_does_the_person() -> None:
    city, keeper = City(), custodian()
    first = city.arrest()
    second = city.arrest("Odalys", "Quimby", id=uuid4())
    Arrest.objects.filter(pk=second.arrest.id).update(person_id=first.person.id)
    order = entered(first.arrest.id, keeper.user_id)
    assert queries_order(order).covers["other arrests that stay"] == 1
    records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())
    assert list(Arrest.objects.filter(person_id=first.person.id).values_list("pk", flat=True)) == [
        second.arrest.id
    ]
    assert Person.objects.filter(pk=first.person.id, surname="Quimby").exists()
    everything = entered(second.arrest.id, keeper.user_id, all_arrests=True)
    records.expunge(order=everything, number=NUMBER, by=keeper.user_id, at=clock.now())
    assert not Person.objects.filter(pk=first.person.id).exists()


def test_the_incident_and_who_is_walled_for_it_go_with_its_last_arrest() -> None:
    city, keeper = City(), custodian()
    first, second = city.arrest(), city.arrest("Ottoline", "Fairweather")
    incident = first.arrest.incident_id
    Arrest.objects.filter(pk=second.arrest.id).update(incident_id=incident)
    Victim.objects.create(incident_id=incident, name_sealed=b"sealed")
    for held, left in ((first, True), (second, False)):
        order = entered(held.arrest.id, keeper.user_id)
        records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())
        assert Incident.objects.filter(pk=incident).exists() is left
        assert Victim.objects.filter(incident_id=incident).exists() is left


def test_nothing_is_erased_without_an_order_its_number_and_the_power() -> None:
    held, keeper, officer = City().arrest(), custodian(), outsider(office="police")
    for wrong, field in (
        ({"number": " "}, "number"),
        ({"court": ""}, "court"),
        ({"kind": "seal"}, "kind"),
        ({"ordered_on": DAY + timedelta(days=9)}, "ordered_on"),
    ):
        with pytest.raises(BadInput) as refused:
            entered(held.arrest.id, keeper.user_id, **wrong)
        assert [problem.where for problem in refused.value.problems] == [field]
    with pytest.raises(NotEmpowered):
        entered(held.arrest.id, officer.user_id)
    order = entered(held.arrest.id, keeper.user_id)
    with pytest.raises(BadInput):
        records.expunge(order=order, number="another", by=keeper.user_id, at=clock.now())
    with pytest.raises(NotEmpowered):
        records.expunge(order=order, number=NUMBER, by=officer.user_id, at=clock.now())
    with pytest.raises(NotFound):
        records.expunge(order=uuid4(), number=NUMBER, by=keeper.user_id, at=clock.now())
    assert Arrest.objects.filter(pk=held.arrest.id).exists()
    records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())
    with pytest.raises(Conflict):
        records.expunge(order=order, number=NUMBER, by=keeper.user_id, at=clock.now())


def test_the_database_erases_for_no_other_verb() -> None:
    held, keeper = City().arrest(), custodian()
    order = entered(held.arrest.id, keeper.user_id)
    for statement in (
        "SELECT records_expunge(%s, repeat('0', 64), now())",
        "SELECT set_config('records.trace', (SELECT max(id) FROM records_trace)::text, true),"
        " records_expunge(%s, repeat('0', 64), now())",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [order])
    assert Arrest.objects.filter(pk=held.arrest.id).exists()


def test_who_was_given_a_wrong_value_is_told_and_says_so() -> None:
    held, keeper = City().arrest(), custodian()
    agent, _ = under()
    other, _ = under(permit(elements=(Grant("otn"),), ask_by=(frozenset({"otn"}),), tolerance_years=0))
    for asker in (agent, other):
        assert opened(asker, held.arrest.id).results
    told = {"why": "A birth certificate.", "seen": 1, "by": keeper.user_id, "at": clock.now()}
    corrected(held.arrest.id, "person", "surname", "Quimbey", **told)
    kept = Correction.objects.get(person_id=held.person.id)
    assert (kept.was, kept.became) == ({"surname": "Quimby"}, {"surname": "Quimbey"})
    assert kept.why == "A birth certificate."
    (told,) = notices.of(kept.pk)
    assert (told.agency_ori, told.kind, told.elements) == (agent.agency_ori, "correction", ("name",))
    assert len(told.given) == 1
    with pytest.raises(Conflict):
        notices.acknowledge(notice=told.id, by=other.user_id, at=clock.now())
    notices.acknowledge(notice=told.id, by=agent.user_id, at=clock.now())
    with pytest.raises(Conflict):
        notices.acknowledge(notice=told.id, by=keeper.user_id, at=clock.now())
    assert notices.of(kept.pk)[0].acknowledged_at
    assert Person.objects.get(pk=held.person.id).surname_folded == "quimbey"


@pytest.mark.parametrize(
    ("relation", "column", "value", "why", "field"),
    [
        ("person", "birth_date", "2999-01-01", "So.", "value"),
        ("person", "birth_date", "the 3rd", "So.", "value"),
        ("arrest", "otn", "12", "So.", "value"),
        ("arrest", "version", "12", "So.", "column"),
        ("person", "surname", "Quimbey", " ", "why"),
        ("charge", "count", "0", "So.", "value"),
        ("charge", "grade", "M1", "So.", "charge"),
    ],
)
def test_a_wrong_correction_is_refused_at_its_field(relation, column, value, why, field) -> None:
    held, keeper = City().arrest(), custodian()
    with pytest.raises(BadInput) as refused:
        corrected(held.arrest.id, relation, column, value, why=why, by=keeper.user_id, at=clock.now())
    assert [problem.where for problem in refused.value.problems] == [field]


def test_a_correction_of_what_somebody_else_changed_meanwhile_is_refused() -> None:
    held, keeper = City().arrest(arrested_at=clock.now() - timedelta(days=3)), custodian()
    with pytest.raises(Conflict):
        corrected(
            held.arrest.id, "charge", "grade", "M1", seen=7, charge=held.charges[0].id, by=keeper.user_id
        )


def test_limited_access_vanishes_for_whom_no_permit_shows_it() -> None:
    held, keeper = City().arrest(), custodian()
    agent, _ = under()
    wide, _ = under(permit(rows=Rows(charge_status="any", limited_access=True)))
    assert opened(agent, held.arrest.id).results
    facts = {"number": "Clean Slate 2026-11", "court": "AOPC", "ordered_on": DAY, "arrests": [held.arrest.id]}
    assert records.limit_access(**facts, by=keeper.user_id, at=clock.now()).fresh == 1
    assert records.limit_access(**facts, by=keeper.user_id, at=clock.now()).fresh == 0
    assert not opened(agent, held.arrest.id).results
    assert opened(wide, held.arrest.id).results
    (order,) = queries_orders(held.arrest.id)
    assert [(told.agency_ori, told.kind) for told in notices.of(order.id)] == [
        (agent.agency_ori, "limited-access")
    ]


def test_a_closed_docket_is_nowhere_that_a_permit_without_limited_access_looks() -> None:
    held, keeper = City().arrest(), custodian()
    number, other = (f"MC-99-CR-{secrets.randbelow(10**7):07}-2026" for _ in range(2))
    at = clock.now()
    for docket, statute, grade in ((number, "18 § 2502", "H1"), (other, "18 § 3921", "M1")):
        filed = ChargeFacts(statute, f"Charge under {statute}", grade)
        (charge,) = records.file_charges(
            arrest=held.arrest.id, charges=[filed], docket_number=docket, by="test", at=at
        )
        records.dispose(charge=charge, outcome="Not guilty", disposed_on=city_day(at), by="test", at=at)
    records.make_paper(arrest=held.arrest.id, paper=papers.letter(), by="test", at=at)
    words = (
        "lead_charge",
        "lead_grade",
        "statute",
        "docket_number",
        "disposition",
        "disposed_charge",
        "paper_kind",
    )
    seen = permit(
        elements=tuple(map(Grant, ("name", "birth_date", *words))),
        ask_by=(frozenset({"docket_number"}),),
        tolerance_years=0,
        results_per_request=5,
    )
    narrow, _ = under(seen)
    wide, _ = under(replace(seen, rows=Rows(limited_access=True)))
    facts = {"number": "Clean Slate 2026-12", "court": "AOPC", "ordered_on": DAY, "listed": [number]}
    assert records.limit_access(**facts, by=keeper.user_id, at=clock.now()).in_part == 1

    ask = {"purpose": PURPOSE, "case_number": "N-1"}
    assert not actions.search(asker=narrow, number=number, **ask).results
    assert actions.search(asker=wide, number=number, **ask).results
    (left,) = opened(narrow, held.arrest.id).results
    (whole,) = opened(wide, held.arrest.id).results
    assert left["lead_grade"] == "M1"
    assert number not in json.dumps(left)
    assert other in json.dumps(left)
    assert "2502" not in json.dumps(left)
    assert (len(left["disposition"]), len(whole["disposition"])) == (1, 2)
    assert (left["paper"], len(whole["paper"])) == ([], 1)
