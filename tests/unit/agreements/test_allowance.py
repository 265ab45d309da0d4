"""Limits of a day, added up: held against an oracle that counts each permit apart, as the guard does."""

from dataclasses import replace
from itertools import product

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from openpars.agreements.rules import allowance, reach
from openpars.agreements.rules.difference import Effect, effect
from openpars.agreements.rules.dimensions import Asker, Case, Juvenile, OfCase, Way
from openpars.agreements.rules.moments import When
from openpars.agreements.rules.terms import Agreement, Grant, Permit
from tests.reference.day_reference import answers_all, only
from tests.reference.disclosed_reference import discloses
from tests.unit.agreements.test_narrowing import BASE

PURPOSES = ("CrimeInvestigation", "CrimeProsecution", "CrimeArrestDetention")
NAMES = (Grant("name"), Grant("birth_date")), (Grant("name"), Grant("birth_date"), Grant("lead_charge"))
FACTS = (Grant("name"), Grant("lead_charge"))
_limit = st.none() | st.integers(1, 4)


@st.composite
def limited(draw: st.DrawFn) -> Agreement:
    """An agreement whose permits overlap in purposes and elements, with small limits."""
    permits = tuple(
        replace(
            BASE.permits[0],
            position=place,
            clause=f"3.{place}",
            elements=draw(st.sampled_from(NAMES)),
            purposes=tuple(draw(st.lists(st.sampled_from(PURPOSES), min_size=1, unique=True))),
            results_per_request=1,
            requests_per_person_per_day=draw(_limit),
            requests_per_day=draw(_limit),
            results_per_day=draw(_limit),
        )
        for place in range(1, draw(st.integers(1, 3)) + 1)
    )
    return replace(BASE, permits=permits)


@st.composite
def amended(draw: st.DrawFn) -> tuple[Agreement, Agreement]:
    """Two versions: unlike, or one with a clause split, dropped or with other limits."""
    old = draw(limited())
    listed = list(old.permits)
    what = draw(st.sampled_from(["unlike", "split", "drop", "limits", "order"]))
    if what == "unlike":
        return old, draw(limited())
    place = draw(st.integers(0, len(listed) - 1))
    one = listed[place]
    if what == "split":
        listed[place : place + 1] = [
            replace(one, purposes=(word,), **draw(_limits(one))) for word in one.purposes
        ]
    elif what == "drop" and len(listed) > 1:
        del listed[place]
    elif what == "order":
        listed = draw(st.permutations(listed))
    else:
        listed[place] = replace(one, **draw(_limits(one)))
    return old, replace(old, permits=tuple(replace(p, position=n) for n, p in enumerate(listed, 1)))


def _limits(of: Permit) -> st.SearchStrategy[dict[str, int | None]]:
    fields = ("requests_per_person_per_day", "requests_per_day", "results_per_day")
    return st.fixed_dictionaries({field: st.just(getattr(of, field)) | _limit for field in fields})


def case(purpose: str, fact: Grant) -> Case:
    starts = BASE.term.starts_at
    asker = Asker(BASE.receiver.ori, None, None)  # type: ignore[union-attr]
    way = Way("search", frozenset({"name", "birth_date"}))
    return Case(
        When(starts, starts), starts.time(), asker, purpose, way, OfCase.SUBJECT_OF_OWN, True, fact, Juvenile.NO,
        False, frozenset({"approved"}), "22", "on-view", True, 1,
    )  # fmt: skip


CASES = [case(purpose, fact) for purpose, fact in product(PURPOSES, FACTS)]


def shown_by(agreement: Agreement, asked: Case) -> list[Permit]:
    return [permit for permit in agreement.permits if discloses(only(agreement, permit), asked)]


@settings(max_examples=100)
@given(st.data())
def test_law_what_does_not_widen_answers_no_more_in_a_day(data: st.DataObject) -> None:
    old, new = data.draw(amended())
    points = reach.scale(old, new)
    assume(reach.beyond(new, old, points) is None)
    exceeds = allowance.exceeds(new, old, points)
    event("exceeds" if exceeds else "within")
    assume(not exceeds)
    for _ in range(6):
        demand = data.draw(
            st.dictionaries(
                st.tuples(st.integers(1, 3), st.sampled_from(CASES)),
                st.integers(1, 9),
                min_size=1,
                max_size=5,
            )
        )
        if answers_all(new, demand, shown_by):
            assert answers_all(old, demand, shown_by), demand


def test_limits_are_added_up_by_what_they_answer() -> None:
    whole = replace(BASE.permits[0], requests_per_day=6)
    one, other = (
        replace(whole, clause=f"3.{n}", position=n, purposes=(purpose,))
        for n, purpose in enumerate(PURPOSES[:2], 1)
    )
    both = replace(whole, purposes=PURPOSES[:2])

    def of(*permits: Permit) -> Agreement:
        return replace(BASE, permits=permits)

    def at_most(permit: Permit, count: int) -> Permit:
        return replace(permit, requests_per_day=count)

    assert effect(of(one, other), of(both)) is Effect.NARROWS
    assert effect(of(both), of(one, other)) is Effect.WIDENS
    assert effect(of(both), of(at_most(one, 3), at_most(other, 3))) is Effect.NARROWS
    assert effect(of(both), of(at_most(one, 3), at_most(other, 4))) is Effect.WIDENS
    # A limit of the agency is one of each person: the other way round it is not.
    each = replace(one, requests_per_day=None, requests_per_person_per_day=6)
    assert effect(of(each), of(one)) is Effect.NARROWS
    assert effect(of(one), of(each)) is Effect.WIDENS
    # Whoever is told of events by a clause without limits is not asked by it.
    told = replace(one, clause="3.9", position=2, ask_by=(), tolerance_years=0, requests_per_day=None)
    told = replace(told, events=frozenset({"released"}))
    more = at_most(one, 7)
    assert effect(of(one, told), of(more, told)) is Effect.WIDENS


def test_a_text_that_leaves_too_many_choices_counts_as_wider() -> None:
    """Nobody can keep the keeper busy with a text: pigeons and holes, where each pigeon fits into nearly every hole."""
    words = tuple(Grant(word) for word in _OTHERS)

    def of(shown: list[tuple[Grant, ...]], limit: int) -> Agreement:
        listed = enumerate(shown, 1)
        return replace(
            BASE,
            permits=tuple(
                replace(
                    BASE.permits[0],
                    clause=f"3.{n}",
                    position=n,
                    elements=(*NAMES[0], *more),
                    requests_per_day=limit,
                )
                for n, more in listed
            ),
        )

    holes = [tuple(word for word in words if word is not left_out) for left_out in words]
    pigeons = [(word, words[place - 1]) for place, word in enumerate(words)]
    assert effect(of(holes, 10), of(pigeons, 6)) is Effect.NARROWS
    assert effect(of(holes[1:], 10), of(pigeons, 6)) is Effect.WIDENS


_OTHERS = (
    "otn", "arrested_at", "lead_charge", "statute", "grade", "bail_status", "next_date", "disposition", "sid", "sex",
    "docket_number", "charge_count", "charge_stage", "arrest_agency",
)  # fmt: skip
