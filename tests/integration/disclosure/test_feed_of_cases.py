"""Subscriptions that follow a registered case: "a person of my case was arrested". Held against a plain oracle."""

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpars import clock
from openpars.agreements.rules.terms import Grant
from openpars.disclosure import cases, feed, subscriptions
from openpars.disclosure.rules.request import Asker
from openpars.disclosure.rules.subjects import Subject
from openpars.errors import BadInput, Conflict, NotPermitted, RequestMalformed
from openpars.records import actions as records
from openpars.records.rules.facts import PersonFacts
from openpars.records.rules.rows import Batch, ChargeRow
from tests.factories.records import corrected
from tests.integration.disclosure.city import GRANTED, PURPOSE, ROWS, Arrested, City, outsider, permit, under
from tests.integration.disclosure.test_feed import EVENTS, again, told

CASE = "26-1187"
TELLS = permit(elements=(*GRANTED, Grant("disposition")), events=EVENTS)
APPROVED = permit(elements=GRANTED, events=frozenset({"arrested"}), rows=type(ROWS)(charge_status="approved"))
ODALYS = Subject("Odalys", "Quimby", date(1988, 4, 17))


def opened(asker: Asker, *subjects: Subject, number: str = CASE) -> UUID:
    return cases.open_case(number=number, subjects=subjects, by=asker.user_id, at=clock.now())


def follows(asker: Asker, number: str = CASE, events=frozenset({"arrested"}), **more):
    last = clock.now().date() + timedelta(days=60)
    return feed.subscribe(
        asker=asker, purpose=PURPOSE, case_number=number, events=events, ends_on=last, at=clock.now(), **more
    )


def test_a_person_of_my_case_was_arrested_whom_i_was_never_given(city: City) -> None:
    asker, _ = under(TELLS)
    surname = fresh_surname()
    opened(asker, Subject("Ilse", surname, date(1990, 1, 2)))
    made = follows(asker)
    assert made.follows_case
    held, _other = (
        city.arrest("Ilse", surname, date(1990, 1, 2)),
        city.arrest("Ilse", surname, date(1990, 1, 3)),
    )
    (event,) = told(made)
    assert (event["kind"], event["arrest"]) == ("arrested", str(held.arrest.id))
    fresh = again(held)
    assert [event["arrest"] for event in told(made)] == [str(fresh.id)]


def test_a_number_follows_the_person_and_names_its_own_arrest_alone(city: City) -> None:
    asker, _ = under(TELLS)
    held = city.arrest("Ilse", fresh_surname())
    opened(asker, Subject(otn=held.arrest.otn), Subject(otn="Z9999990"))
    made = follows(asker)
    fresh = again(held)
    assert [event["arrest"] for event in told(made)] == [str(fresh.id)]
    city.arrest("Petra", fresh_surname(), otn="Z9999990")
    assert told(made) == [], "a number that was guessed tells of no arrest"


def test_a_subject_who_is_named_later_is_followed_only_by_what_was_decided_on(city: City) -> None:
    """A subscription that was decided on names follows nobody by a number that is added to its case."""
    asker, _ = under(TELLS)
    surname, held = fresh_surname(), city.arrest("Ilse", fresh_surname())
    case = opened(asker, Subject("Ilse", surname, date(1990, 1, 2)))
    made = follows(asker)
    cases.add_subjects(
        case=case,
        subjects=[Subject(otn=held.arrest.otn), Subject("Jon", surname, date(1991, 2, 3))],
        by=asker.user_id,
        at=clock.now(),
    )
    again(held)
    other = city.arrest("Jon", surname, date(1991, 2, 3))
    assert [event["arrest"] for event in told(made)] == [str(other.arrest.id)]


def test_a_permit_that_may_not_be_asked_by_a_key_follows_nobody_by_it(city: City) -> None:
    asker, _ = under(permit(events=frozenset({"arrested"}), ask_by=(frozenset({"name", "birth_date"}),)))
    opened(asker, Subject(otn="Z1234567"))
    with pytest.raises(NotPermitted):
        follows(asker)
    opened(asker, ODALYS, number="26-2")
    assert follows(asker, "26-2").keys == {"name", "birth_date"}


@pytest.mark.parametrize("whose", ["nobody's", "another agency's", "closed"])
def test_only_an_open_case_of_ones_own_is_followed(city: City, whose: str) -> None:
    asker, _ = under(TELLS)
    if whose == "another agency's":
        opened(outsider(), ODALYS)
    if whose == "closed":
        cases.close_case(case=opened(asker, ODALYS), by=asker.user_id, at=clock.now())
    with pytest.raises(RequestMalformed):
        follows(asker)


def test_closing_the_case_stops_what_follows_it_and_drops_what_waits(city: City) -> None:
    asker, _ = under(TELLS)
    surname = fresh_surname()
    case = opened(asker, Subject("Ilse", surname, date(1990, 1, 2)))
    made = follows(asker)
    held = city.arrest("Ilse", surname, date(1990, 1, 2))
    waiting = subscriptions.waiting(made.id)
    assert len(waiting) == 1
    cases.close_case(case=case, by=asker.user_id, at=clock.now())
    assert feed.tell(subscription=made.id, event=waiting[0]) is None
    stopped = subscriptions.one(made.id, user=asker.user_id)
    assert (stopped.why, stopped.queued, stopped.lost) == ("case-closed", 0, 1)
    opened(asker, Subject("Ilse", surname, date(1990, 1, 2)))
    again(held)
    assert subscriptions.waiting(made.id) == [], "a case of the same number is another"


def test_a_subject_who_is_erased_is_followed_no_more(city: City) -> None:
    asker, _ = under(TELLS)
    surname = fresh_surname()
    opened(asker, Subject("Ilse", surname, date(1990, 1, 2)))
    made = follows(asker)
    held = city.arrest("Ilse", surname, date(1990, 1, 2))
    order = records.enter_order(
        arrest=held.arrest.id, kind="whole", number="MD-1", court="A court of a test", ordered_on=clock.now().date(),
        all_arrests=False, by="test", at=clock.now(),
    )  # fmt: skip
    records.expunge(order=order, number="MD-1", by="test", at=clock.now())
    assert subscriptions.waiting(made.id) == []
    city.arrest("Ilse", surname, date(1990, 1, 2))
    assert told(made) == []


def test_nobody_has_more_than_fifty_that_live(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    asker, _ = under(TELLS)
    opened(asker, ODALYS)
    for _ in range(feed.MOST_LIVE - 1):
        follows(asker)
    last = follows(asker)
    with pytest.raises(Conflict):
        follows(asker)
    monkeypatch.setattr(feed, "MOST_LIVE", 1000)
    with pytest.raises(NotPermitted):
        follows(asker)
    feed.unsubscribe(asker=asker, subscription=last.id)
    assert follows(asker).id


def test_a_subscription_needs_the_approval_that_a_search_needs(city: City) -> None:
    from openpars.agreements.rules.safeguards import People, Safeguards
    from openpars.disclosure import approvals

    kept = Safeguards(people=People(supervisors=("sergeant",)))
    strict = permit(
        events=frozenset({"arrested"}), requires=frozenset({"case_number", "supervisor_approval"})
    )
    asker, _ = under(strict, safeguards=kept)
    sergeant = outsider(asker.agency_ori, role="sergeant")
    surname = fresh_surname()
    opened(asker, Subject("Ilse", surname, date(1990, 1, 2)))
    with pytest.raises(NotPermitted):
        follows(asker)
    which = approvals.ask(case_number=CASE, purpose=PURPOSE, by=asker.user_id, at=clock.now())
    approvals.approve(approval=which, hours=1, reason="For a test.", by=sergeant.user_id, at=clock.now())
    made = follows(asker)
    approvals.withdraw(approval=which, by=sergeant.user_id, at=clock.now())
    with pytest.raises(NotPermitted):
        feed.confirm(asker=asker, subscription=made.id)
    city.arrest("Ilse", surname, date(1990, 1, 2))
    assert len(told(made)) == 1, "what it tells of later is asked for its case alone"


def test_a_subject_is_named_whole(city: City) -> None:
    asker = outsider()
    for subject in (Subject("Odalys", "Quimby"), Subject("", "Quimby", date(1988, 4, 17)), Subject(), None):
        with pytest.raises(BadInput):
            cases.open_case(number="26-9", subjects=[subject], by=asker.user_id, at=clock.now())


# -- the law, against a plain oracle

_surnames = itertools.count()
DAYS = (date(1988, 4, 17), date(1991, 2, 3))


def fresh_surname() -> str:
    """A surname that nobody else of this run has."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    number, said = next(_surnames) + 26, ""
    while number:
        number, place = divmod(number, 26)
        said += letters[place]
    return f"Zz{said}"


@dataclass
class Oracle:
    """What must be told, by the words of the spec: nothing clever."""

    people: dict[UUID, tuple[str, date]] = field(default_factory=dict)
    arrests: dict[UUID, UUID] = field(default_factory=dict)
    otns: dict[UUID, str] = field(default_factory=dict)
    approved: set[UUID] = field(default_factory=set)
    names: set[tuple[str, date]] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    is_open: bool = True
    waiting: list[UUID] = field(default_factory=list)
    told: list[UUID] = field(default_factory=list)

    def subject(self, person: UUID) -> bool:
        by_name = self.people[person] in self.names
        by_number = any(
            self.arrests[arrest] == person and self.otns[arrest] in self.numbers for arrest in self.arrests
        )
        return self.is_open and (by_name or by_number)

    def news(self, arrest: UUID) -> None:
        named = self.otns[arrest] in self.numbers
        if self.subject(self.arrests[arrest]) and not named and arrest not in (*self.waiting, *self.told):
            self.waiting.append(arrest)

    def tell(self) -> list[UUID]:
        now = [a for a in self.waiting if self.subject(self.arrests[a]) and a in self.approved]
        self.waiting = []
        self.told += now
        return now


WHO = st.integers(0, 2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("arrest"), WHO, st.booleans()),
        st.tuples(st.just("approve"), st.integers(0, 7)),
        st.tuples(st.just("correct"), WHO, st.sampled_from(DAYS)),
        st.tuples(st.just("merge"), WHO, WHO),
        st.tuples(st.just("split"), st.integers(0, 7)),
        st.tuples(st.just("close")),
        st.tuples(st.just("tell")),
    ),
    min_size=2,
    max_size=7,
)
_shared: dict[str, Asker] = {}


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    named=st.sets(st.tuples(WHO, st.sampled_from(DAYS)), min_size=1, max_size=3),
    numbered=st.sets(WHO, max_size=2),
    steps=STEPS,
)
def test_law_told_is_what_happened_to_a_subject_of_the_open_case(
    city: City, named: set[tuple[int, date]], numbered: set[int], steps: list[tuple]
) -> None:
    asker = _shared.get("asker") or _shared.setdefault("asker", under(APPROVED)[0])
    surname, number = fresh_surname(), f"26-{uuid4()}"
    given_names = ("Ilse", "Jon", "Petra")
    held = [city.arrest(each, surname, DAYS[0]) for each in given_names]
    case = opened(
        asker,
        *[Subject(given_names[who], surname, born) for who, born in sorted(named)],
        *[Subject(otn=held[who].arrest.otn) for who in sorted(numbered)],
        number=number,
    )
    made = follows(asker, number)
    oracle = Oracle(
        people={each.person.id: (each.person.given_name, DAYS[0]) for each in held},
        arrests={each.arrest.id: each.person.id for each in held},
        otns={each.arrest.id: each.arrest.otn for each in held},
        approved={each.arrest.id for each in held},
        names={(given_names[who], born) for who, born in named},
        numbers={held[who].arrest.otn for who in numbered},
    )
    for step in [*steps, ("tell",)]:
        _take(step, oracle, held, case, asker, made)
    stopped = subscriptions.one(made.id, user=asker.user_id).stopped_at is not None
    assert stopped is not oracle.is_open
    feed.unsubscribe(asker=asker, subscription=made.id) if not stopped else None


def _take(step: tuple, oracle: Oracle, held: list[Arrested], case: UUID, asker: Asker, made) -> None:
    """One step, in the city and in the oracle's words."""
    verb, at = step[0], clock.now()
    listed = list(oracle.arrests)
    if verb == "arrest":
        person = held[step[1]]
        fresh = again(person, status="approved" if step[2] else "pending")
        oracle.arrests[fresh.id], oracle.otns[fresh.id] = person.person.id, fresh.otn
        oracle.approved |= {fresh.id} if step[2] else set()
        oracle.news(fresh.id)
    elif verb == "approve":
        arrest = listed[step[1] % len(listed)]
        charge = ChargeRow(
            uuid4(), arrest, 9 + len(oracle.told), "filed", "18 § 2701", "Assault", "M2", status="approved"
        )
        if arrest not in oracle.approved:
            records.load(batch=Batch(charges=(charge,)), by="test", at=at)
            oracle.approved.add(arrest)
            oracle.news(arrest)
    elif verb == "correct":
        person = held[step[1]].person.id
        theirs = [arrest for arrest in listed if oracle.arrests[arrest] == person]
        if theirs and oracle.people[person][1] != step[2]:
            before = oracle.subject(person)
            corrected(theirs[0], "person", "birth_date", step[2].isoformat(), at=at)
            oracle.people[person] = (oracle.people[person][0], step[2])
            for arrest in theirs if not before else []:
                oracle.news(arrest)
    elif verb == "merge":
        keep, other = (
            next((a for a in listed if oracle.arrests[a] == held[w].person.id), None) for w in step[1:]
        )
        if keep and other and oracle.arrests[keep] != oracle.arrests[other]:
            records.merge_persons(keep=keep, other=other, rationale="A test.", by="test", at=at)
            moved = [arrest for arrest in listed if oracle.arrests[arrest] == oracle.arrests[other]]
            _move(oracle, moved, oracle.arrests[keep])
    elif verb == "split":
        arrest = listed[step[1] % len(listed)]
        if sum(person == oracle.arrests[arrest] for person in oracle.arrests.values()) > 1:
            facts = PersonFacts(given_name="Nobody", surname="Suchone", birth_date=DAYS[0], invented=True)
            records.split_persons(arrests=[arrest], person=facts, rationale="A test.", by="test", at=at)
            new = uuid4()
            oracle.people[new] = ("Nobody Suchone", DAYS[0])
            _move(oracle, [arrest], new)
    elif verb == "close" and oracle.is_open:
        cases.close_case(case=case, by=asker.user_id, at=at)
        oracle.is_open, oracle.waiting = False, []
    elif verb == "tell":
        wanted = oracle.tell()
        assert [event["arrest"] for event in told(made)] == [str(arrest) for arrest in wanted]


def _move(oracle: Oracle, arrests: list[UUID], person: UUID) -> None:
    for arrest in arrests:
        oracle.arrests[arrest] = person
    for arrest in arrests:
        oracle.news(arrest)
