"""The comparison of two versions: judged by what they disclose, held against the oracles."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpars.agreements.rules import examples, reach
from openpars.agreements.rules.amendment import steps
from openpars.agreements.rules.difference import Effect, changes, effect, widens
from openpars.agreements.rules.language import parse
from openpars.agreements.rules.terms import Agreement, Grant, Prohibition
from openpars.agreements.rules.trial import shows
from tests.reference.disclosed_reference import discloses
from tests.strategies.amendments import amendments, cases

STARTER = parse((Path(__file__).parents[3] / "examples" / "neighbor-police.toml").read_text())
EXAMPLE = replace(STARTER, permits=(replace(STARTER.permits[0], requires=frozenset({"case_number"})),))
CHARTER = parse((Path(__file__).parents[3] / "examples" / "charter.toml").read_text())


@given(amendments())
def test_law_the_changes_lead_from_the_old_version_to_the_new(pair: tuple[Agreement, Agreement]) -> None:
    old, new = pair
    told = list(steps(old, new))
    assert (told[-1].after if told else replace(old, version=new.version)) == new
    assert all(step.text and step.clause for step in told)


@settings(max_examples=300)
@given(st.data())
def test_law_what_does_not_widen_discloses_nothing_more(data: st.DataObject) -> None:
    old, new = data.draw(amendments())
    if widens(old, new):
        old, new = new, old
    if widens(old, new):
        return
    for _ in range(12):
        case = data.draw(cases(old, new))
        words = sorted({g.spelling for p in (*old.permits, *new.permits) for g in p.elements})
        asked = data.draw(st.frozensets(st.sampled_from(words), min_size=1))
        assert not discloses(new, case, asked) or discloses(old, case, asked), case


@settings(max_examples=150)
@given(amendments())
def test_law_what_discloses_more_has_a_case_to_show(pair: tuple[Agreement, Agreement]) -> None:
    old, new = pair
    for wider, narrower in ((new, old), (old, new)):
        case = reach.beyond(wider, narrower, reach.scale(old, new))
        if case is not None:
            assert discloses(wider, case)
            assert not discloses(narrower, case)
            assert examples.told(case, shown_by=wider, hidden_by=narrower)


@settings(max_examples=150)
@given(st.data())
def test_law_a_trial_says_what_the_oracles_say(data: st.DataObject) -> None:
    old, new = data.draw(amendments())
    case = data.draw(cases(old, new))
    assert shows(old, case) == discloses(old, case)
    assert shows(new, case) == discloses(new, case)


@given(amendments())
def test_law_an_amendment_widens_only_where_a_change_of_it_does(pair: tuple[Agreement, Agreement]) -> None:
    old, new = pair
    effects = {change.effect for change in changes(old, new)}
    if Effect.WIDENS not in effects:
        assert effect(old, new) is not Effect.WIDENS
    if effects <= {Effect.NEITHER}:
        assert effect(old, new) is Effect.NEITHER


@given(amendments())
def test_nothing_changes_from_a_version_to_itself(pair: tuple[Agreement, Agreement]) -> None:
    old, _ = pair
    assert changes(old, old) == ()
    assert effect(old, old) is Effect.NEITHER


def of_permit(**changed: object) -> Agreement:
    return replace(EXAMPLE, permits=(replace(EXAMPLE.permits[0], **changed),))


def of_rows(**changed: object) -> Agreement:
    return of_permit(rows=replace(EXAMPLE.permits[0].rows, **changed))


GIVEN = EXAMPLE.permits[0].elements
BORN = GIVEN.index(Grant("birth_date"))


@pytest.mark.parametrize(
    ("new", "judged", "text", "example"),
    [
        (
            of_permit(elements=(*GIVEN, Grant("race"))),
            "widens",
            "Shown too: race.",
            "The race of a person arrested: not shown before, shown now.",
        ),
        (
            of_permit(elements=(*GIVEN[:BORN], Grant("birth_date", "year"), *GIVEN[BORN + 1 :]), ask_by=()),
            "narrows",
            "Shown: only the year of the birth; before, the whole date of birth.",
            "The date of birth of a person arrested: shown before, not shown now.",
        ),
        (
            of_rows(charge_status="any"),
            "widens",
            "Shown are arrests whatever was decided on the charges; before, with at least one charge that the district"
            " attorney approved.",
            "The name of a person arrested with pending charges only: not shown before, shown now.",
        ),
        (
            of_rows(charge_status="held-for-court"),
            "widens",
            "Shown are arrests with at least one charge that was held for court, whatever came of it afterwards; before"
            ", with at least one charge that the district attorney approved.",
            "The name of a person arrested with withdrawn charges only, one of them held for court: not shown"
            " before, shown now.",
        ),
        (
            of_rows(districts=frozenset({"22"})),
            "narrows",
            "Arrests are shown in these police districts only: 22.",
            "The name of a person arrested in police district 1: shown before, not shown now.",
        ),
        (
            of_rows(juveniles=True),
            "widens",
            "Arrests of juveniles are shown too.",
            "The name of a juvenile arrested: not shown before, shown now.",
        ),
        (
            of_permit(requires=frozenset()),
            "widens",
            "A request no longer needs the number of the case.",
            "The name of a person arrested, without the number of the case: not shown before, shown now.",
        ),
        (
            of_permit(results_per_request=6),
            "widens",
            "One request shows: at most 6 arrests; before, at most 5 arrests.",
            "The name of a person arrested, as number 6 of one answer: not shown before, shown now.",
        ),
        (
            of_permit(purposes=("CrimeInvestigation",)),
            "narrows",
            "One may no longer ask for this: arrest and detention.",
            "The name of a person arrested, asked for arrest and detention: shown before, not shown now.",
        ),
        (
            replace(EXAMPLE, statement="Other words."),
            "neither",
            "The statement of the purpose changes: Other words.",
            None,
        ),
        (replace(EXAMPLE, votes_needed=1), "widens", "Votes of the owners that it takes: 1; before, 2.", None),
        (replace(EXAMPLE, duties=EXAMPLE.duties[1:]), "widens", None, None),
        (replace(EXAMPLE, thresholds=()), "widens", None, None),
        (
            replace(EXAMPLE, term=replace(EXAMPLE.term, last_day=EXAMPLE.term.last_day.replace(day=1))),
            "narrows",
            "It ends with June 1, 2027; before, with June 30, 2027.",
            "The name of a person arrested, on June 2, 2027: shown before, not shown now.",
        ),
        (
            replace(EXAMPLE, prohibitions=(*EXAMPLE.prohibitions, Prohibition("4.9", "No.", shapes=("tolerance",)))),
            "narrows",
            "Now prohibited: searching by a date of birth that is only near.",
            "The name of a person arrested, found by name and date of birth, which may be 1 year off: shown before, not"
            " shown now.",
        ),
    ],
)  # fmt: skip
def test_a_change_in_words(new: Agreement, judged: str, text: str | None, example: str | None) -> None:
    found = [change for change in changes(EXAMPLE, new) if text is None or change.text == text]
    assert found, [change.text for change in changes(EXAMPLE, new)]
    assert (found[0].effect, found[0].example) == (judged, example)
    assert effect(EXAMPLE, new) == judged


def test_a_permit_that_only_stood_in_the_way_widens_when_it_goes() -> None:
    """The first permit that fits decides: here a narrow one keeps everybody from the wide one below it."""
    wide = replace(EXAMPLE.permits[0], clause="3.2", position=2)
    narrow = replace(EXAMPLE.permits[0], rows=replace(wide.rows, districts=frozenset({"22"})))
    old = replace(EXAMPLE, permits=(narrow, wide))
    assert widens(old, replace(EXAMPLE, permits=(wide,)))
    assert not widens(old, replace(EXAMPLE, permits=(narrow,)))


def test_another_number_or_place_for_a_clause_changes_nothing() -> None:
    first, second, *rest = CHARTER.permits
    new = replace(CHARTER, permits=(replace(second, clause="50.1"), first, *rest))
    assert effect(CHARTER, new) is Effect.NEITHER
    assert [(c.clause, c.text) for c in changes(CHARTER, new)] == [
        ("50.1", f"Clause {second.clause} is now clause 50.1."),
        ("50.1", "The order of the clauses changes."),
    ]


def test_a_clause_that_is_split_has_its_limit_twice() -> None:
    """The guard counts the requests of each permit apart: three permits of 60 a day are 180."""
    (whole,) = EXAMPLE.permits
    parts = tuple(
        replace(whole, clause=f"3.{n}", position=n, purposes=(purpose,), results_per_request=4)
        for n, purpose in enumerate(whole.purposes, 1)
    )
    split = replace(EXAMPLE, permits=parts)
    assert effect(EXAMPLE, split) is Effect.WIDENS
    assert Effect.WIDENS in {change.effect for change in changes(EXAMPLE, split)}
    third = {"requests_per_person_per_day": 20, "requests_per_day": 100, "results_per_day": 160}
    shared = replace(EXAMPLE, permits=tuple(replace(p, **third) for p in parts))
    assert effect(EXAMPLE, shared) is Effect.NARROWS
    # That somebody is told of events without limit hides no limit of what is asked.
    told = replace(whole, clause="3.9", position=9, ask_by=(), events=frozenset({"arrest.made"}))
    told = replace(told, requests_per_person_per_day=None, purposes=whole.purposes[:1])
    old, new = (replace(a, permits=(*a.permits, told)) for a in (EXAMPLE, split))
    assert effect(old, new) is Effect.WIDENS


def test_a_longer_list_of_voters_passes_easier() -> None:
    defender = replace(EXAMPLE.owners[0], name="Defender", ori="ZZ0010PD0", office="defender")
    wider = replace(EXAMPLE, owners=(*EXAMPLE.owners, defender))
    assert effect(EXAMPLE, wider) is Effect.WIDENS
    assert effect(EXAMPLE, replace(wider, votes_needed=3)) is Effect.NARROWS


def test_a_large_charter_is_compared_in_a_moment() -> None:
    permits = tuple(
        replace(permit, clause=f"{number}.{permit.clause}", position=number)
        for number, permit in enumerate(CHARTER.permits * 3, 1)
    )
    large = replace(CHARTER, permits=permits)
    new = replace(large, permits=tuple(replace(p, rows=replace(p.rows, juveniles=True)) for p in permits))
    assert len(changes(large, new)) <= len(permits)
