"""Promises 2, 5 and 6 where a proof is handed out: the receipt that somebody fetches, and what the auditor takes out.
Laws over generated agreements, records and requests, against the real database; docs/laws.md has the other paths."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from itertools import takewhile
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from openpars import clock
from openpars.agencies.rules import ROLES
from openpars.agreements import actions as agreements
from openpars.agreements import queries as agreement_queries
from openpars.agreements.rules import language
from openpars.agreements.rules.decision import InForce, Request, decide
from openpars.agreements.rules.terms import Agreement, Grant, Permit, Rows
from openpars.disclosure import actions, auditing, feed, gateway, queries, subscriptions
from openpars.disclosure.auditing import Criteria
from openpars.disclosure.models import Disclosure, Subscription
from openpars.disclosure.rules.lists import LISTS
from openpars.disclosure.rules.request import Asker
from openpars.errors import DatabaseUnavailable, Fault, NotEmpowered, NotFound, NotPermitted
from openpars.records import actions as records
from openpars.records.rules.elements import CATALOGUE, WALLED
from openpars.translog import signers
from openpars.translog.rules import canonical, note, opening, proof
from tests.integration.disclosure.city import (
    PURPOSE,
    Arrested,
    City,
    agreement,
    enforce,
    outsider,
    permit,
    under,
)
from tests.integration.disclosure.test_broken import entries_cannot_be_written
from tests.integration.disclosure.test_erasing import keep_integrating
from tests.integration.disclosure.test_feed import EVENTS, TELLS, subscribed, twice
from tests.integration.disclosure.test_feed import given as followed
from tests.integration.disclosure.test_powers import charter, power_of
from tests.integration.disclosure.test_views_and_oracle import grants, people, rows, whole
from tests.reference import minimize_reference
from tests.strategies import agreements as some

__all__ = ["people"]

FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
WALL = "ZEBRAFINCH"
"""What every value behind the wall holds, and nothing else does."""


@pytest.fixture(scope="module")
def signer() -> signers.Signer:
    return signers.configured()


@pytest.fixture(scope="module")
def auditor(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> UUID:
    """Somebody whom a charter lets search the log of looks, and take out what is found."""
    with django_db_blocker.unblock():
        asker = outsider(office="auditor", role="auditor")
        enforce(charter((asker.agency_ori, "auditor"), powers=(power_of("auditor", ("audit",)),)))
        return asker.user_id


@st.composite
def whole_agreements(draw: st.DrawFn) -> Agreement:
    """An outside agency's agreement that the format can say, with an element of an arrest in each permit: for today."""
    made = draw(some.agreements(kind="outside", texts=st.just("Words."), shortest=True))
    return replace(made, identifier=f"law-{uuid4().hex[:12]}", version=1, term=agreement("ZZ0020000").term)


def brought_into_force(made: Agreement, asker: Asker) -> int:
    """The agreement, with the asker's agency as its receiver, and the asker among those who may ask where it names
    any."""
    assert made.receiver is not None
    people = made.safeguards.people
    people = replace(people, askers=people.askers and (*people.askers, "agent"))
    return enforce(
        replace(
            made,
            receiver=replace(made.receiver, ori=asker.agency_ori),
            safeguards=replace(made.safeguards, people=people),
        )
    )


def ended(number: int) -> None:
    agreements.terminate(number=number, grounds="The example is over.", by="test", at=clock.now())


def asked(
    asker: Asker, held: Arrested, purpose: str, elements: list[str] | None
) -> tuple[list[actions.Answer], list[UUID]]:
    """One person is asked about in every way that there is: what was answered, and the references of refusals."""
    ways = [
        lambda said: actions.open_arrest(arrest=held.arrest.id, **said),
        lambda said: actions.search(number=held.arrest.otn, **said),
        lambda said: actions.search(name="Vandermolen, Ilse", birth_date="1990-01-02", **said),
        lambda said: actions.list_arrests(listing="held", **said),
    ]
    answers, refused = [], []
    for way in ways:
        try:
            said = {"asker": asker, "purpose": purpose, "case_number": "N-1", "elements": elements}
            answers.append(way(said))
        except NotPermitted as error:
            refused.append(UUID(error.reference))
    return answers, refused


def proven(reference: UUID, asker: Asker, signer: signers.Signer) -> dict[str, object]:
    """What the receipt proves: the entry that it holds, once the proof of it verifies."""
    text = queries.receipt_of(reference, asker=asker.user_id).text
    assert text is not None
    shown = proof.parse(text.encode())
    assert shown.extra is not None
    proof.verify(shown, shown.extra, *signer.keys)
    entry = canonical.decode(shown.extra)
    assert isinstance(entry, dict)
    return entry


# -- receipts


@FEW
@given(elements=grants(), which=rows())
def test_law_5_a_receipt_proves_that_what_was_given_is_what_the_signed_text_gives(
    people, signer: signers.Signer, elements: tuple[Grant, ...], which: Rows
) -> None:
    """Each receipt names the hash of the very text; and what its entry commits to is what a slow plain oracle, which
    knows neither SQL nor the compiler, makes of that text and the whole record."""
    asker, everyone = people
    assume(not (which.arrested_from and which.arrested_to) or which.arrested_from <= which.arrested_to)
    terms = agreement(asker.agency_ori, permit(elements=elements, rows=which, ask_by=(), tolerance_years=0))
    number = enforce(terms)
    try:
        given_out = [
            (held, actions.open_arrest(asker=asker, purpose=PURPOSE, case_number="1", arrest=held.arrest.id))
            for held in everyone
        ]
        keep_integrating(signer)
        text = agreement_queries.text_of(number)
        (signed,) = language.parse(text).permits
        for held, answer in given_out:
            entry = proven(answer.disclosure, asker, signer)
            expected = minimize_reference.minimize(
                signed, [whole(held)], asker=asker.user_id, now=clock.now()
            )
            assert (entry["agreement"], entry["permit"]) == (language.text_hash(text), signed.clause)
            assert entry["elements"] == sorted(grant.spelling for grant in signed.elements)
            assert entry["records"] == len(expected)
            kept = {"answer": answer.body, "opening": {"salt": answer.salt.hex()}}
            proved = opening.check(entry, kept)["answer"]["results"]
            for one in [*proved, *expected]:
                one.pop("dc_number", None)  # the test's records have numbers that the oracle is not told
            assert proved == expected
            # It proves that and nothing else.
            other = {**answer.body, "results": [*answer.body["results"], {}]}
            with pytest.raises(note.Unverified):
                opening.check(entry, {**kept, "answer": other})
    finally:
        ended(number)


@FEW
@given(made=whole_agreements(), data=st.data())
def test_law_2_each_answer_and_each_refusal_has_its_receipt_and_nothing_else_has(
    people, signer: signers.Signer, made: Agreement, data: st.DataObject
) -> None:
    """Whatever was handed over can be proved by whoever has it, and by nobody else; and while no entry can be written,
    nothing is handed over and there is nothing to prove."""
    asker, everyone = people
    colleague = outsider(asker.agency_ori)
    number = brought_into_force(made, asker)
    held, purpose = data.draw(st.sampled_from(everyone)), data.draw(st.sampled_from(purposes(made)))
    try:
        answers, refused = asked(asker, held, purpose, None)
        keep_integrating(signer)
        for reference in [*(answer.disclosure for answer in answers), *refused]:
            entry = proven(reference, asker, signer)
            assert (entry["disclosure"], entry["agency"]) == (str(reference), asker.agency_ori)
            assert entry["outcome"] == ("deny" if reference in refused else "permit")
            with pytest.raises(NotFound):
                queries.receipt_of(reference, asker=colleague.user_id)
        before = {one.id for one in queries.asked(user=asker.user_id, limit=1000)}
        with entries_cannot_be_written(), pytest.raises((Fault, DatabaseUnavailable)):
            asked(asker, held, purpose, None)
        assert {one.id for one in queries.asked(user=asker.user_id, limit=1000)} == before
    finally:
        ended(number)


def purposes(made: Agreement) -> list[str]:
    """The purposes of its permits, and one that none of them names."""
    return [
        *sorted({purpose for rule in made.permits for purpose in rule.purposes}),
        "SellDataToThirdParties",
    ]


# -- what the auditor takes out


def taken_out(asker: Asker, auditor: UUID) -> tuple[list[dict[str, str]], zipfile.ZipFile, bytes]:
    """The auditor takes out every look of the agency: the table, the folder, the bytes."""
    packed = auditing.export(criteria=Criteria(agency=asker.agency_ori), by=auditor, at=clock.now())
    folder = zipfile.ZipFile(io.BytesIO(packed))
    return list(csv.DictReader(io.StringIO(folder.read("looks.csv").decode()))), folder, packed


@FEW
@given(made=whole_agreements(), data=st.data())
def test_law_5_an_auditor_reproduces_every_decision_from_the_signed_text(
    people, auditor: UUID, signer: signers.Signer, made: Agreement, data: st.DataObject
) -> None:
    """From what is taken out and the text whose hash the entry names, anybody decides anew, and comes to the same: the
    clause, and no element that the text does not give. Where the text would have permitted it, the guard refused for
    a fact that no text can know (a limit, the hour, the case), or passed to the next permit for one."""
    asker = outsider()
    _, everyone = people
    number = brought_into_force(made, asker)
    try:
        for _ in range(2):
            held, purpose = data.draw(st.sampled_from(everyone)), data.draw(st.sampled_from(purposes(made)))
            elements = data.draw(
                st.none() | st.lists(st.sampled_from(sorted(CATALOGUE)), min_size=1, max_size=2)
            )
            asked(asker, held, purpose, elements)
        keep_integrating(signer)
        text = agreement_queries.text_of(number)
        found, folder, _ = taken_out(asker, auditor)
        assert len(found) == 8
        for row in found:
            kept = json.loads(folder.read(f"receipts/{row['receipt']}.json"))
            shown = proof.parse(folder.read(f"receipts/{row['receipt']}.tlog-proof"))
            proof.verify(shown, shown.extra, *signer.keys)
            entry = canonical.decode(shown.extra)
            criteria = opening.check(entry, kept)["criteria"]
            signed, question = InForce(number, language.parse(text)), request_of(row, criteria)
            again = decide(question, [signed])
            if entry["outcome"] == "permit":
                again = decide(question, [signed], passing_over=may_be_unmet(signed, str(entry["permit"])))
                assert entry["agreement"] == language.text_hash(text)
                assert again.permitted
                assert [entry["permit"]] == list(again.clauses)
                assert set(entry["elements"]) <= {grant.spelling for grant in again.elements}
            else:
                reason = kept["opening"]["values"]["reason"]
                assert reason == again.reason or (again.permitted and reason in gateway.REASONS.values())
    finally:
        ended(number)


def may_be_unmet(signed: InForce, clause: str) -> set[tuple[int, int]]:
    """The permits before that of a clause which require what no text can know."""
    before = takewhile(lambda permit: permit.clause != clause, signed.agreement.permits)
    return {
        (signed.number, permit.position)
        for permit in before
        if permit.hours or permit.rows.own_case or permit.requires - {"case_number"}
    }


def request_of(row: dict[str, str], criteria: dict[str, object]) -> Request:
    """What was asked, as the export tells it."""
    keys = {"name"} if criteria["given"] or criteria["surname"] else set()
    keys |= {"birth_date"} if criteria["birth_date"] else set()
    keys |= {str(criteria["number_kind"])} if criteria["number_kind"] else set()
    asked_for = criteria["elements"]
    needs = LISTS[criteria["listing"]].needs if "listing" in criteria else frozenset()
    return Request(
        kind=row["kind"],
        agency_ori=row["agency"],
        office=None,
        role="agent",
        purpose=row["purpose"],
        case_number=str(criteria["case_number"] or ""),
        keys=frozenset(keys),
        tolerance_years=int(str(criteria["tolerance_years"])),
        elements=None if asked_for is None else frozenset(asked_for),
        list_needs=needs,
    )


@FEW
@given(made=whole_agreements(), data=st.data())
def test_law_2_what_is_taken_out_is_every_entry_and_has_one_itself(
    people, auditor: UUID, signer: signers.Signer, made: Agreement, data: st.DataObject
) -> None:
    """The table has a row for each entry of the agency and no other; the search that found them has an entry that
    commits to just this list; and while no entry can be written, nothing is taken out."""
    asker = outsider()
    _, everyone = people
    number = brought_into_force(made, asker)
    try:
        held, purpose = data.draw(st.sampled_from(everyone)), data.draw(st.sampled_from(purposes(made)))
        answers, refused = asked(asker, held, purpose, None)
        keep_integrating(signer)
        found, folder, _ = taken_out(asker, auditor)
        assert {UUID(row["receipt"]) for row in found} == {one.disclosure for one in answers} | set(refused)
        (name,) = [name for name in folder.namelist() if name.startswith("search/")]
        itself = UUID(name.removeprefix("search/").removesuffix(".json"))
        keep_integrating(signer)
        entry = proven(itself, Asker(auditor, "", "auditor"), signer)
        listed = opening.check(entry, json.loads(folder.read(name)))["answer"]
        assert sorted(listed) == sorted(row["receipt"] for row in found)
        assert entry["lines"] == len(found)
        with entries_cannot_be_written(), pytest.raises((Fault, DatabaseUnavailable)):
            taken_out(asker, auditor)
    finally:
        ended(number)


# -- the wall


@pytest.fixture(scope="module")
def walled(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Arrested:
    """An arrest whose victim and witness are known, every word of them marked."""
    with django_db_blocker.unblock():
        held = City().arrest("Ilse", "Vandermolen", date(1990, 1, 2))
        incident, at = held.arrest.incident_id, clock.now()
        assert incident is not None
        records.add_victim(incident=incident, name=f"{WALL} one", contact=f"{WALL} two", by="test", at=at)
        records.add_witness(
            incident=incident,
            name=f"{WALL} three",
            contact=f"{WALL} four",
            account=f"{WALL} five",
            by="test",
            at=at,
        )
        return held


@FEW
@given(made=whole_agreements(), opens_wall=st.booleans(), data=st.data())
def test_law_6_nothing_from_behind_the_wall_is_in_a_receipt_or_taken_out(
    walled: Arrested,
    auditor: UUID,
    signer: signers.Signer,
    made: Agreement,
    opens_wall: bool,
    data: st.DataObject,
) -> None:
    """Whatever an agreement grants: an answer holds a victim's or witness's words only where a clause for victims and
    witnesses grants them; a receipt and an auditor's folder never do, even where the answer did."""
    asker = outsider()
    if opens_wall:
        made = replace(made, permits=(wall_permit(data),), prohibitions=())
    number = brought_into_force(made, asker)
    granted = {grant.element for rule in made.permits for grant in made.granted(rule)}
    behind = {name for name in granted if CATALOGUE[name].relation in WALLED}
    try:
        purpose = data.draw(st.sampled_from(purposes(made)))
        answers, refused = asked(asker, walled, purpose, None)
        held = "".join(json.dumps(answer.body) for answer in answers)
        assert WALL not in held or behind
        keep_integrating(signer)
        for reference in [*(answer.disclosure for answer in answers), *refused]:
            assert WALL not in json.dumps(proven(reference, asker, signer))
        _, folder, _ = taken_out(asker, auditor)
        assert WALL.encode() not in b"".join(folder.read(name) for name in folder.namelist())
        if opens_wall and purpose in made.permits[0].purposes:
            assert WALL in held  # so that the look above would have found it
    finally:
        ended(number)


def wall_permit(data: st.DataObject) -> Permit:
    """A permit for victims and witnesses, which this very record is shown under."""
    names = sorted(name for name in CATALOGUE if CATALOGUE[name].relation in WALLED and "birth" not in name)
    granted = data.draw(st.sets(st.sampled_from(names), min_size=1))
    return permit(
        elements=(Grant("otn"), *(Grant(name) for name in CATALOGUE if name in granted)),
        rows=Rows(victims_and_witnesses=True, charge_status="any"),
        ask_by=(),
        tolerance_years=0,
        results_per_request=1,
    )


# -- subscriptions, and who takes out


@FEW
@given(events=st.sets(st.sampled_from(sorted(EVENTS)), min_size=1))
def test_law_2_no_entry_no_subscription_and_nothing_told(city: City, events: set[str]) -> None:
    """Following somebody is an answer, and so is each telling: without its entry there is neither, and what was to be
    told still waits."""
    held = city.arrest()
    asker, _ = under(TELLS)
    followed(asker, held)
    with entries_cannot_be_written(), pytest.raises((Fault, DatabaseUnavailable)):
        subscribed(asker, held, events=sorted(events))
    assert not Subscription.objects.filter(user_id=asker.user_id).exists()
    subscription = subscribed(asker, held, events=["custody", "released"])
    twice(held)
    waiting = subscriptions.waiting(subscription.id)
    before = Disclosure.objects.filter(user_id=asker.user_id).count()
    with entries_cannot_be_written(), pytest.raises((Fault, DatabaseUnavailable)):
        feed.tell(subscription=subscription.id, event=waiting[0])
    assert Disclosure.objects.filter(user_id=asker.user_id).count() == before
    assert subscriptions.waiting(subscription.id) == waiting


@FEW
@given(somebody=st.sampled_from([(office, role) for office, held in ROLES.items() for role in held]))
def test_laws_1_and_4_nobody_takes_out_without_a_charter_that_says_so(
    auditor: UUID, somebody: tuple[str, str]
) -> None:
    """Not the owners' own people whom no charter names, whatever their role; nor the auditor once the charter ended."""
    office, role = somebody
    nobody = outsider(office=office, role=role)
    with pytest.raises(NotEmpowered):
        taken_out(nobody, nobody.user_id)
    its = enforce(charter((nobody.agency_ori, office), powers=(power_of(office, ("audit",)),)))
    assert taken_out(nobody, nobody.user_id)[0] == []
    ended(its)
    with pytest.raises(NotEmpowered):
        taken_out(nobody, nobody.user_id)
