"""Every field of the language: tighter narrows, looser widens, and both at once is both."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, time
from pathlib import Path

import pytest

from openpars.agencies.rules import ROLES
from openpars.agreements.rules import strictness
from openpars.agreements.rules.difference import Change, Effect, changes, effect
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.lifecycle import only_narrows
from openpars.agreements.rules.parties import Owner
from openpars.agreements.rules.safeguards import SECTIONS
from openpars.agreements.rules.terms import (
    Agreement,
    Duty,
    Grant,
    Hours,
    Permit,
    Power,
    Prohibition,
    Rows,
    Threshold,
)

EXAMPLES = Path(__file__).parents[3] / "examples"
WHOLE = tuple(
    Grant(word)
    for word in ("name", "birth_date", "otn", "arrested_at", "arraigned_at", "custody_state", "lead_charge")
)
BASE = replace(
    parse((EXAMPLES / "neighbor-police.toml").read_text()),
    prohibitions=(),
    duties=(),
    permits=(
        Permit(
            1,
            "3.1",
            WHOLE,
            ("CrimeInvestigation",),
            ask_by=(frozenset({"name", "birth_date"}),),
            requires=frozenset({"case_number"}),
            results_per_request=5,
        ),
    ),
)
CHARTER = parse((EXAMPLES / "charter.toml").read_text())
CASE = frozenset({"case_number"})

PERMIT: dict[str, tuple[object, object]] = {
    "elements": (WHOLE[:-1], WHOLE),
    "purposes": (("CrimeInvestigation",), ("CrimeInvestigation", "CrimeProsecution")),
    "ask_by": ((frozenset({"name", "birth_date"}),), (frozenset({"name", "birth_date"}), frozenset({"otn"}))),
    "exact": (True, False),
    "tolerance_years": (0, 2),
    "lists": (False, True),
    "events": (frozenset(), frozenset({"released"})),
    "requires": (CASE, frozenset()),
    "hours": (Hours(time(9), time(17)), None),
    "results_per_request": (4, 5),
    "requests_per_person_per_day": (10, None),
    "requests_per_day": (100, 101),
    "results_per_day": (100, None),
}
"""Field of a permit -> a tighter and a looser value."""
MORE_OF_PERMIT = {
    "case_exists": ("requires", CASE | {"case_exists"}, CASE),
    "subject_on_case": ("requires", CASE | {"subject_on_case"}, CASE),
    "subject_on_case beside case_exists": (
        "requires",
        CASE | {"case_exists", "subject_on_case"},
        CASE | {"case_exists"},
    ),
    "supervisor_approval": ("requires", CASE | {"supervisor_approval"}, CASE),
    "shorter hours": ("hours", Hours(time(9), time(17)), Hours(time(8), time(17))),
    "hours past midnight": ("hours", Hours(time(22), time(5)), Hours(time(22), time(6))),
    "coarser": ("elements", (*WHOLE[:3], Grant("arrested_at", "day"), *WHOLE[4:]), WHOLE),
}
ROWS: dict[str, tuple[object, object]] = {
    "charge_status": ("approved", "not-declined"),
    "juveniles": (False, True),
    "charged_as_adults": (False, True),
    "limited_access": (False, True),
    "own_clients": (True, False),
    "own_case": (True, False),
    "districts": (frozenset({"22"}), frozenset({"22", "24"})),
    "categories": (frozenset({"on-view"}), frozenset({"on-view", "summoned"})),
    "arrested_from": (date(2026, 5, 1), None),
    "arrested_to": (date(2026, 5, 31), None),
    "arrested_within_days": (30, 90),
}
MORE_OF_ROWS = {
    "not-declined": ("charge_status", "not-declined", "any"),
    "a later first day": ("arrested_from", date(2026, 5, 2), date(2026, 5, 1)),
    "an earlier last day": ("arrested_to", date(2026, 5, 30), date(2026, 5, 31)),
    "all districts": ("districts", frozenset({"22"}), None),
    "arrests of any kind": ("categories", frozenset({"on-view", "summoned", "on-a-warrant"}), None),
    "any age": ("arrested_within_days", 30, None),
}
OF_JUVENILES = ("juveniles", "charged_as_adults")
"""What is said of juveniles says nothing beside `juveniles = true`."""
SAFEGUARDS: dict[tuple[str, str], tuple[object, object]] = {
    ("use", "permitted"): (("view",), ("view", "copy")),
    ("use", "prohibited"): (("derive", "train-ai", "search-faces"), ("derive",)),
    ("redisclosure", "rule"): ("none", "with-consent"),
    ("people", "screening"): ("fingerprints", "name"),
    ("people", "training"): ("security-and-privacy", "security"),
    ("people", "second_factor"): ("phishing-resistant", "any"),
    ("people", "most"): (5, 6),
    ("people", "askers"): (("detective", "chief"), ()),
    ("people", "supervisors"): (("sergeant",), ("sergeant", "captain")),
    ("people", "approval_lasts_hours"): (2, 24),
    ("security", "encryption"): ("in-transit-and-at-rest", "in-transit"),
    ("security", "storage"): ("agency", "united-states"),
    ("security", "export_media"): ("none", "encrypted"),
    ("audit", "every_months"): (6, 12),
    ("audit", "sample"): (50, 20),
    ("audit", "answer_within_hours"): (24, 48),
    ("audit", "receiver_keeps_log"): (True, False),
    ("audit", "receiver_logs"): (("who", "why"), ("who",)),
    ("accuracy", "acknowledge_within_hours"): (24, 48),
    ("breach", "notify_within_hours"): (2, 24),
    ("breach", "tells"): (("what", "whose"), ("what",)),
    ("breach", "assists"): (True, False),
    ("suspension", "by"): (("city-solicitor", "police"), ("city-solicitor",)),
    ("suspension", "without_cause"): (True, False),
    ("suspension", "queued"): ("dropped", "held"),
    ("suspension", "subscriptions"): ("ended", "paused"),
    ("disposition", "certificate_within_hours"): (24, 48),
    ("disposition", "keep_at_most_days"): (30, 365),
    ("reporting", "publish"): ("counts-and-purposes", "counts"),
    ("reporting", "every_months"): (1, 3),
}
NEITHER_IS_STRICTER: dict[tuple[str, str], tuple[object, object]] = {
    ("security", "devices"): ("agency-managed", "agency-owned"),
    ("individuals", "answered_by"): ("owners", "both"),
    ("disposition", "at_end"): ("destroy", "return"),
}
IN_WORDS = {("redisclosure", "refer_to"), ("individuals", "notice"), ("individuals", "complaints_to")}


def of_permit(**changed: object) -> Agreement:
    return replace(BASE, permits=(replace(BASE.permits[0], **changed),))


def of_rows(**changed: object) -> Agreement:
    return of_permit(rows=replace(BASE.permits[0].rows, **changed))


def promising(section: str, **changed: object) -> Agreement:
    held = BASE.safeguards
    return replace(BASE, safeguards=replace(held, **{section: replace(getattr(held, section), **changed)}))


def pairs() -> Iterator[tuple[str, Agreement, Agreement]]:
    """Each field by its name, with a tighter and a looser version."""
    for name, (tight, loose) in PERMIT.items():
        yield name, of_permit(**{name: tight}), of_permit(**{name: loose})
    for name, (field, tight, loose) in MORE_OF_PERMIT.items():
        yield name, of_permit(**{field: tight}), of_permit(**{field: loose})
    for name, (tight, loose) in ROWS.items():
        yield name, of_rows(**{name: tight}), of_rows(**{name: loose})
    for name, (field, tight, loose) in MORE_OF_ROWS.items():
        yield name, of_rows(**{field: tight}), of_rows(**{field: loose})
    for (section, field), (tight, loose) in SAFEGUARDS.items():
        yield (
            f"{section}.{field}",
            promising(section, **{field: tight}),
            promising(section, **{field: loose}),
        )
    yield (
        "redisclosure.to",
        *(
            promising("redisclosure", rule="named", to=to)
            for to in (("The courts",), ("The courts", "Others"))
        ),
    )
    yield from of_agreement()


def of_agreement() -> Iterator[tuple[str, Agreement, Agreement]]:
    longer, shorter = BASE.term, replace(BASE.term, last_day=date(2027, 5, 1), review_by=None)
    yield "term", replace(BASE, term=shorter), replace(BASE, term=replace(longer, review_by=None))
    no = Prohibition("4.9", "No.", elements=("lead_charge",))
    yield "prohibitions", replace(BASE, prohibitions=(no,)), BASE
    due = tuple(Duty("5.1", "report-outcome", "Told.", hours) for hours in (24, 48))
    yield "duties", replace(BASE, duties=due[:1]), replace(BASE, duties=due[1:])
    least = tuple(Threshold("6.1", "requests-per-day", count, "review") for count in (10, 20))
    yield "thresholds", replace(BASE, thresholds=least[:1]), replace(BASE, thresholds=least[1:])
    yield "permits", BASE, replace(BASE, permits=(*BASE.permits, _another()))
    yield "votes_needed", replace(BASE, votes_needed=2), replace(BASE, votes_needed=1)
    days = tuple(replace(CHARTER, consultation_days=days) for days in (30, 20))
    yield "consultation_days", *days
    fewer = replace(CHARTER.powers[0], verbs=CHARTER.powers[0].verbs[:-1])
    yield "powers", replace(CHARTER, powers=(fewer, *CHARTER.powers[1:])), CHARTER
    first, *rest = CHARTER.permits
    named = frozenset(ROLES[first.office or ""])
    some = tuple(
        replace(CHARTER, permits=(replace(first, roles=r), *rest)) for r in (named - {min(named)}, named)
    )
    yield "roles", *some


def _another() -> Permit:
    return replace(BASE.permits[0], clause="3.2", position=2, purposes=("CrimeProsecution",))


PAIRS = list(pairs())
NAMES = [name for name, _, _ in PAIRS]


@pytest.mark.parametrize(("name", "tight", "loose"), PAIRS, ids=NAMES)
def test_tighter_narrows_and_looser_widens(name: str, tight: Agreement, loose: Agreement) -> None:
    for version in (tight, loose):
        supervised = "supervisor_approval" in version.permits[0].requires and name != "people.supervisors"
        if not supervised:
            assert parse(render(version)) == version, "the language says it"
    assert effect(loose, tight) is Effect.NARROWS
    assert effect(tight, loose) is Effect.WIDENS
    for old, new, judged in ((loose, tight, Effect.NARROWS), (tight, loose, Effect.WIDENS)):
        (told,) = changes(old, new)
        assert told.effect is judged
        assert told.text.endswith((".", ":"))
        assert told.clause


NO_PERMITS = (
    "term",
    "prohibitions",
    "duties",
    "thresholds",
    "permits",
    "votes_needed",
    "consultation_days",
    "powers",
    "roles",
)


@pytest.mark.parametrize(
    ("name", "tight", "loose"),
    [pair for pair in PAIRS if pair[0] not in NO_PERMITS and not pair[0].startswith(OF_JUVENILES)],
    ids=[name for name in NAMES if name not in NO_PERMITS and not name.startswith(OF_JUVENILES)],
)
def test_tighter_here_and_looser_there_is_both(name: str, tight: Agreement, loose: Agreement) -> None:
    """The looser part is that juveniles are shown."""

    def with_juveniles(a: Agreement) -> Agreement:
        (permit,) = a.permits
        return replace(a, permits=(replace(permit, rows=replace(permit.rows, juveniles=True)),))

    judged = {change.effect for change in changes(loose, with_juveniles(tight))}
    assert judged == {Effect.WIDENS, Effect.NARROWS}
    assert effect(loose, with_juveniles(tight)) is Effect.WIDENS


@pytest.mark.parametrize(
    ("name", "tight", "loose"),
    [pair for pair in PAIRS if pair[1].receiver is not None and pair[0] != "votes_needed"],
    ids=[name for name, tight, _ in PAIRS if tight.receiver is not None and name != "votes_needed"],
)
def test_an_honest_narrowing_needs_no_votes(name: str, tight: Agreement, loose: Agreement) -> None:
    new = replace(tight, version=loose.version + 1)
    assert only_narrows(new, loose, narrows=effect(loose, new) is Effect.NARROWS)
    back = replace(loose, version=tight.version + 1)
    assert not only_narrows(back, tight, narrows=effect(tight, back) is Effect.NARROWS)


@pytest.mark.parametrize(("place", "words"), NEITHER_IS_STRICTER.items(), ids=lambda p: ".".join(map(str, p)))
def test_where_neither_is_stricter_the_owners_vote(
    place: tuple[str, str], words: tuple[object, object]
) -> None:
    section, field = place
    one, other = (promising(section, **{field: word}) for word in words)
    assert effect(one, other) is effect(other, one) is Effect.WIDENS


def test_what_a_safeguard_says_in_words_is_the_owners_to_vote_on() -> None:
    for section, field in IN_WORDS:
        new = replace(promising(section, **{field: "Ask somebody else."}), version=2)
        assert effect(BASE, new) is Effect.NEITHER
        assert [change.effect for change in changes(BASE, new)] == [Effect.NEITHER]
        fewer = replace(new, permits=of_permit(results_per_request=1).permits)
        assert effect(BASE, fewer) is Effect.NARROWS
        assert not only_narrows(fewer, BASE, narrows=True)


def test_every_field_has_its_case_here() -> None:
    """Whoever adds a field teaches the comparison what it does, and then shows it here."""
    assert {field.name for field in fields(Permit)} == {
        *PERMIT,
        "position",
        "clause",
        "rows",
        "office",
        "roles",
    }
    # That victims and witnesses may be shown shows none yet: their elements do.
    assert {field.name for field in fields(Rows)} == {*ROWS, "victims_and_witnesses"}
    weighed = {*NAMES, "owners", "receiver", "safeguards"}
    in_words = {"identifier", "version", "kind", "title", "statement", "authority", "notices", "fee", "law"}
    assert {field.name for field in fields(Agreement)} == (weighed | in_words) & {
        f.name for f in fields(Agreement)
    }
    promised = {(name, field.name) for name, section in SECTIONS.items() for field in fields(section)}
    assert promised == {*SAFEGUARDS, *NEITHER_IS_STRICTER, *IN_WORDS, ("redisclosure", "to")}
    assert promised == {(s, f) for s, held in strictness.AT_LEAST_AS_STRICT.items() for f in held}


def test_one_more_owner_or_power_widens() -> None:
    defender = Owner("Defender", "ZZ0010PD0", "defender", True, "Chief Defender")
    assert effect(BASE, replace(BASE, owners=(*BASE.owners, defender))) is Effect.WIDENS
    power = Power("12.99", "defender", frozenset({"defender"}), ("vote",))
    assert effect(CHARTER, replace(CHARTER, powers=(*CHARTER.powers, power))) is Effect.WIDENS


def told(old: Agreement, new: Agreement) -> Change:
    (only,) = changes(old, new)
    return only


@pytest.mark.parametrize(
    ("new", "text", "example"),
    [
        (
            of_rows(categories=frozenset({"summoned", "on-a-warrant"})),
            "Arrests are shown that were made by summons or on a warrant or an earlier report, and no"
            " others.",
            "The name of a person arrested on view: shown before, not shown now.",
        ),
        (
            of_rows(own_case=True),
            "Shown are only subjects of the open case of their own that the request names.",
            "The name of a person arrested, under a number of the city's, in no case of the agency's own with them as a"
            " subject: shown before, not shown now.",
        ),
        (
            of_rows(arrested_from=date(2026, 6, 1)),
            "First day of the arrests shown: June 1, 2026; before, none.",
            "The name of a person arrested on May 31, 2026: shown before, not shown now.",
        ),
        (
            of_rows(arrested_to=date(2026, 6, 30)),
            "Last day of the arrests shown: June 30, 2026; before, none.",
            "The name of a person arrested on July 1, 2026: shown before, not shown now.",
        ),
        (
            of_rows(arrested_within_days=30),
            "Age of the arrests shown: at most 30 days; before, no limit.",
            "The name of a person arrested 31 days ago: shown before, not shown now.",
        ),
        (
            of_rows(charge_status="not-declined"),
            "Shown are arrests unless every charge was declined or withdrawn; before, whatever was decided on the"
            " charges.",
            "The name of a person arrested with declined charges only: shown before, not shown now.",
        ),
        (
            of_permit(exact=True),
            "A name finds only people whose name is spelled just so.",
            "The name of a person arrested, found by name and date of birth, with a name that is only like it: shown"
            " before, not shown now.",
        ),
        (
            of_permit(hours=Hours(time(7), time(19))),
            "One may ask from 07:00 to 19:00; before, at any hour.",
            "The name of a person arrested, asked at 19:00: shown before, not shown now.",
        ),
        (
            of_permit(requests_per_day=100),
            "All of them together may make in a day: at most 100 requests; before, no limit.",
            None,
        ),
        (
            of_permit(results_per_day=100),
            "All of them together are shown in a day: at most 100 arrests; before, no limit.",
            None,
        ),
        (
            of_permit(requires=CASE | {"case_exists"}),
            "Each request now needs a case that exists: a number of the city's, or an open case that the agency"
            " registered.",
            "The name of a person arrested, under a number that is of no case: shown before, not shown now.",
        ),
        (
            of_permit(requires=CASE | {"subject_on_case"}),
            "Each request now needs a person who is on that case, for it shows nobody else.",
            "The name of a person arrested, under the number of a case that the person is not of: shown before, not"
            " shown now.",
        ),
        (
            of_permit(requires=CASE | {"supervisor_approval"}),
            "Each request now needs a supervisor's approval for the person who asks, the case and the purpose.",
            "The name of a person arrested, without a supervisor's approval: shown before, not shown now.",
        ),
    ],
)  # fmt: skip
def test_a_narrowing_in_words(new: Agreement, text: str, example: str | None) -> None:
    assert told(BASE, new) == Change("3.1", text, Effect.NARROWS, example)


def test_a_safeguard_in_words() -> None:
    assert told(BASE, promising("people", most=5)) == Change(
        "people",
        "In any 30 days at most 5 different people may ask. Before: In any 30 days at most"
        f" {BASE.safeguards.people.most} different people may ask.",
        Effect.NARROWS,
    )
    no_log = told(BASE, promising("audit", receiver_keeps_log=False))
    assert (no_log.clause, no_log.effect) == ("audit", Effect.WIDENS)


def test_a_window_in_place_of_an_age_is_judged_by_the_days_that_both_leave() -> None:
    """The term begins on July 1, 2026: an arrest of the last 30 days is one from June 1 on."""
    recent, since = of_rows(arrested_within_days=30), of_rows(arrested_from=date(2026, 6, 1))
    assert effect(recent, since) is Effect.WIDENS
    assert effect(since, recent) is Effect.NARROWS
    later = of_rows(arrested_from=date(2026, 6, 2))
    assert effect(later, recent) is Effect.WIDENS
    gone = of_rows(arrested_to=date(2026, 1, 1), arrested_within_days=30)
    assert effect(gone, of_rows(arrested_to=date(2025, 1, 1), arrested_within_days=30)) is Effect.NEITHER


def test_a_case_of_ones_own_is_a_case_that_exists() -> None:
    """To ask for the person's own case asks for more than that the case exists, and than that the person is on it."""
    own = of_rows(own_case=True)
    for held in (CASE, CASE | {"case_exists"}, CASE | {"subject_on_case"}):
        old = of_permit(requires=held)
        assert effect(old, own) is Effect.NARROWS
        assert effect(own, old) is Effect.WIDENS


def test_an_approval_for_the_first_clause_opens_the_second() -> None:
    """What falls under a narrow clause comes to the wide one below once the narrow one asks for more."""
    (narrow,) = of_rows(districts=frozenset({"22"})).permits
    wide = replace(BASE.permits[0], clause="3.2", position=2)
    old = replace(BASE, permits=(narrow, wide))
    stricter = replace(narrow, requires=CASE | {"supervisor_approval"})
    assert effect(old, replace(old, permits=(stricter, wide))) is Effect.WIDENS
    # A limit that is used up is a stop: it opens nothing.
    limited = replace(narrow, requests_per_person_per_day=1)
    assert effect(old, replace(old, permits=(limited, wide))) is Effect.NARROWS
