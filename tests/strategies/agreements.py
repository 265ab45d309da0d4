"""Agreements, requests and texts, generated: every agreement is one that the format can say."""

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import strategies as st

from openpars.agencies.rules import ROLES
from openpars.agreements.rules import promises, vocabulary
from openpars.agreements.rules.decision import KINDS, InForce, Request
from openpars.agreements.rules.parties import Authority, Owner, Receiver
from openpars.agreements.rules.permits import LISTED_BY
from openpars.agreements.rules.safeguards import DEADLINES, Safeguards
from openpars.agreements.rules.terms import (
    Agreement,
    Duty,
    Fee,
    Grant,
    Hours,
    LawClause,
    Passage,
    Permit,
    Power,
    Prohibition,
    Rows,
    Term,
    Threshold,
)
from openpars.records.rules.elements import ASK_BY, CATALOGUE, WALLED

OWNERS = (
    ("ZZ0010000", "police"),
    ("ZZ001013A", "district-attorney"),
    ("ZZ001015J", "court"),
    ("ZZ0010PD0", "defender"),
    ("ZZ0010CS0", "city-solicitor"),
    ("ZZ0010AU0", "auditor"),
)
RECEIVERS = ("ZZ0020000", "ZZ0030000")
ZONES = ("America/New_York", "UTC", "America/Havana", "Asia/Kathmandu")

_LETTERS = "abzAZ09éßñ漢§—😀\"\\'#[]{}=.,:;-"
texts = st.lists(st.text(_LETTERS, min_size=1, max_size=9), min_size=1, max_size=3).map(" ".join)
"""Words with all that TOML must escape, and one space between them: as the format keeps them."""
plain_elements = st.sampled_from([name for name, e in CATALOGUE.items() if e.relation not in WALLED])
walled_elements = st.sampled_from([name for name, e in CATALOGUE.items() if e.relation in WALLED])


@st.composite
def grants(draw: st.DrawFn, names: st.SearchStrategy[str] = plain_elements) -> tuple[Grant, ...]:
    """Some elements, each whole or in a coarser form."""
    made = []
    for name in draw(st.lists(names, min_size=1, max_size=8, unique=True)):
        forms = [None, *CATALOGUE[name].generalizations]
        made.append(Grant(name, draw(st.sampled_from(forms))))
    return tuple(made)


@st.composite
def rows(draw: st.DrawFn, victims: bool = False, own_case: bool = False) -> Rows:
    """A permit's rows."""
    window = sorted(draw(st.lists(st.dates(date(1990, 1, 1), date(2199, 12, 31)), max_size=2)))
    juveniles = draw(st.booleans())
    return Rows(
        charge_status=draw(st.sampled_from(list(vocabulary.CHARGE_STATUS))),
        juveniles=juveniles,
        charged_as_adults=not juveniles and draw(st.booleans()),
        limited_access=draw(st.booleans()),
        own_clients=draw(st.booleans()),
        own_case=own_case,
        victims_and_witnesses=victims,
        districts=draw(
            st.none()
            | st.frozensets(st.from_regex(r"[0-9A-Za-z]{1,4}", fullmatch=True), min_size=1, max_size=3)
        ),
        categories=draw(
            st.none() | st.frozensets(st.sampled_from(list(vocabulary.ARREST_CATEGORIES)), min_size=1)
        ),
        arrested_from=window[0] if window else None,
        arrested_to=window[-1] if len(window) == 2 else None,
        arrested_within_days=draw(st.none() | st.integers(1, 3650)),
    )


@st.composite
def permits(draw: st.DrawFn, position: int, office: str | None) -> Permit:
    """One permit that the format can say."""
    victims = draw(st.integers(0, 4)) == 0
    given = draw(grants())
    ask_by: tuple[frozenset[str], ...] = ()
    lists = False
    events: frozenset[str] = frozenset()
    if victims:
        given += draw(grants(walled_elements))
    else:
        whole = {grant.element for grant in given if grant.generalization is None}
        keys = [key for key, element in ASK_BY.items() if element in whole]
        if keys:
            ask_by = tuple(
                draw(st.lists(st.frozensets(st.sampled_from(keys), min_size=1), max_size=3, unique=True))
            )
        lists = draw(st.booleans()) and whole.issuperset(LISTED_BY)
        told = [event for event, shown in vocabulary.EVENT_SHOWS.items() if shown in whole]
        events = draw(st.frozensets(st.sampled_from(told))) if told and not office else events
    requires = draw(requirements(office))
    return Permit(
        position=position,
        clause=f"3.{position}",
        office=office,
        roles=draw(st.none() | some_roles(office)) if office else None,
        elements=given,
        purposes=tuple(
            draw(st.lists(st.sampled_from(list(vocabulary.PURPOSES)), min_size=1, max_size=3, unique=True))
        ),
        rows=draw(rows(victims, "case_number" in requires and draw(st.booleans()))),
        ask_by=ask_by,
        exact=any("name" in keys for keys in ask_by) and draw(st.booleans()),
        tolerance_years=draw(st.integers(0, 10)) if any("birth_date" in keys for keys in ask_by) else 0,
        lists=lists,
        events=events,
        requires=requires,
        hours=draw(st.none() | hours()),
        results_per_request=draw(st.integers(1, 500)),
        requests_per_person_per_day=draw(st.none() | st.integers(1, 1000)),
        requests_per_day=draw(st.none() | st.integers(1, 1000)),
        results_per_day=draw(st.none() | st.integers(1, 1000)),
    )


def requirements(office: str | None) -> st.SearchStrategy[frozenset[str]]:
    """Nothing, or a case number and what can stand beside it."""
    beside = set(vocabulary.REQUIREMENTS) - ({"supervisor_approval"} if office else set())
    some = st.frozensets(st.sampled_from(sorted(beside)), max_size=2)
    return st.just(frozenset[str]()) | some.map(lambda found: found | {"case_number"})


def hours() -> st.SearchStrategy[Hours]:
    """Hours of the day, past midnight too."""
    minutes = st.lists(st.integers(0, 1439), min_size=2, max_size=2, unique=True)
    return minutes.map(lambda two: Hours(*(time(minute // 60, minute % 60) for minute in two)))


@st.composite
def safeguards(draw: st.DrawFn, texts: st.SearchStrategy[str], supervised: bool) -> Safeguards:
    """Safeguards whose fields differ from the defaults: words of their vocabularies, numbers, texts."""
    changed = Safeguards()
    permitted = draw(st.lists(st.sampled_from(list(promises.USES)), max_size=3, unique=True))
    left = [word for word in promises.PROHIBITABLE_USES if word not in permitted]
    prohibited = draw(st.lists(st.sampled_from(left), max_size=3, unique=True))
    rule = draw(st.sampled_from(list(promises.REDISCLOSURE)))
    to = draw(st.lists(texts, min_size=1, max_size=2)) if rule == "named" else []
    supervisors = draw(st.lists(texts, min_size=1 if supervised else 0, max_size=2))
    return replace(
        changed,
        use=replace(changed.use, permitted=tuple(permitted), prohibited=tuple(prohibited)),
        redisclosure=replace(changed.redisclosure, rule=rule, to=tuple(to), refer_to=draw(texts)),
        people=replace(
            changed.people,
            screening=draw(st.sampled_from(list(promises.SCREENING))),
            second_factor=draw(st.sampled_from(list(promises.SECOND_FACTOR))),
            most=draw(st.integers(1, 1000)),
            askers=tuple(draw(st.lists(texts, max_size=2))),
            supervisors=tuple(supervisors),
            approval_lasts_hours=draw(st.integers(1, 720)),
        ),
        audit=replace(
            changed.audit,
            answer_within_hours=draw(st.integers(1, 999)),
            receiver_keeps_log=draw(st.booleans()),
            receiver_logs=tuple(draw(st.lists(st.sampled_from(list(promises.RECEIVER_LOGS)), unique=True))),
        ),
        individuals=replace(
            changed.individuals,
            notice=draw(texts),
            answered_by=draw(st.sampled_from(list(promises.ANSWERED_BY))),
            complaints_to=draw(texts),
        ),
        breach=replace(
            changed.breach,
            notify_within_hours=draw(st.integers(1, 720)),
            tells=tuple(draw(st.lists(st.sampled_from(list(promises.BREACH_TELLS)), unique=True))),
        ),
        suspension=replace(
            changed.suspension,
            by=tuple(draw(st.lists(st.sampled_from(list(vocabulary.OFFICES)), max_size=3, unique=True))),
            without_cause=draw(st.booleans()),
            queued=draw(st.sampled_from(list(promises.QUEUED))),
        ),
        reporting=replace(changed.reporting, publish=draw(st.sampled_from(list(promises.PUBLISHED)))),
    )


def fitting_hours(duty: Duty, kept: Safeguards, kind: str) -> Duty:
    """The duty with the hours that a section says too, where it has hours at all."""
    section, field = DEADLINES.get(duty.kind, ("", ""))
    if kind == "charter" or not section or duty.within_hours is None:
        return duty
    return replace(duty, within_hours=getattr(getattr(kept, section), field))


def some_roles(office: str) -> st.SearchStrategy[frozenset[str]]:
    """At least one role of the office."""
    return st.frozensets(st.sampled_from(ROLES[office]), min_size=1)


@st.composite
def powers(draw: st.DrawFn, position: int) -> Power:
    """One power of a charter."""
    office = draw(st.sampled_from(list(ROLES)))
    verbs = st.lists(st.sampled_from(list(vocabulary.VERBS)), min_size=1, max_size=6, unique=True)
    return Power(f"12.{position}", office, draw(some_roles(office)), tuple(draw(verbs)))


@st.composite
def prohibitions(draw: st.DrawFn, position: int, texts: st.SearchStrategy[str] = texts) -> Prohibition:
    """One prohibition, of at least one thing."""
    made = Prohibition(
        clause=f"4.{position}",
        text=draw(texts),
        purposes=tuple(
            draw(st.lists(st.sampled_from(list(vocabulary.PROHIBITABLE)), max_size=2, unique=True))
        ),
        elements=tuple(draw(st.lists(st.sampled_from(list(CATALOGUE)), max_size=2, unique=True))),
        shapes=tuple(draw(st.lists(st.sampled_from(list(vocabulary.SHAPES)), max_size=1))),
    )
    if made.purposes or made.elements or made.shapes:
        return made
    return Prohibition(made.clause, made.text, elements=("birth_place",))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """A term of at most a year."""
    first = draw(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    last = first + timedelta(days=draw(st.integers(0, 364)))
    review = draw(st.none() | st.dates(first, last))
    return Term(first, last, draw(st.sampled_from(ZONES)), review)


@st.composite
def agreements(
    draw: st.DrawFn, kind: str | None = None, texts: st.SearchStrategy[str] = texts, shortest: bool = False
) -> Agreement:
    """A whole agreement, its words of `texts`. `shortest` leaves out what decides nothing."""
    kind = kind or draw(st.sampled_from(["outside", "charter"]))
    owners = tuple(
        Owner(
            draw(texts),
            ori,
            office,
            votes=place < 2 or shortest or draw(st.booleans()),
            signatory=draw(texts),
            signs_under=None if shortest else draw(st.none() | texts),
        )
        for place, (ori, office) in enumerate(OWNERS)
    )
    offices = [office for _, office in OWNERS]
    count = draw(st.integers(1, 4))
    more = 0 if shortest else 2
    given = tuple(
        draw(permits(place, draw(st.sampled_from(offices)) if kind == "charter" else None))
        for place in range(1, count + 1)
    )
    supervised = any("supervisor_approval" in permit.requires for permit in given)
    kept = Safeguards()
    if kind == "outside" and (supervised or not shortest):
        kept = draw(safeguards(texts, supervised))
    return Agreement(
        identifier=draw(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)),
        version=draw(st.integers(1, 100_000)),
        kind=kind,
        title=draw(texts),
        statement=draw(texts),
        owners=owners,
        votes_needed=draw(st.integers(1, 2)),
        authority=Authority(
            (draw(texts),), (draw(texts),), draw(texts), tuple(draw(st.lists(texts, max_size=2)))
        ),
        term=Term(date(2026, 1, 1), date(2026, 12, 31), ZONES[0]) if shortest else draw(terms()),
        permits=given,
        receiver=None if kind == "charter" else draw(receivers(texts)),
        prohibitions=tuple(
            draw(prohibitions(place, texts)) for place in range(1, draw(st.integers(0, 2)) + 1)
        ),
        duties=tuple(
            fitting_hours(
                Duty(
                    f"5.{place}",
                    draw(st.sampled_from(list(vocabulary.DUTIES))),
                    draw(texts),
                    draw(st.none() | st.integers(1, 999)),
                ),
                kept,
                kind,
            )
            for place in range(1, draw(st.integers(0, more)) + 1)
        ),
        thresholds=tuple(
            Threshold(
                f"6.{place}",
                draw(st.sampled_from(list(vocabulary.MEASURES))),
                draw(st.integers(1, 999)),
                "review",
            )
            for place in range(1, draw(st.integers(0, more)) + 1)
        ),
        notices=tuple(
            Passage(f"7.{place}", draw(texts)) for place in range(1, draw(st.integers(0, more)) + 1)
        ),
        fee=None
        if shortest
        else draw(st.none() | st.builds(Fee, st.just("8.1"), st.integers(0, 10**9), texts)),
        law=tuple(
            LawClause(f"9.{place}", draw(texts), draw(st.none() | st.sampled_from(list(vocabulary.LAW))))
            for place in range(1, draw(st.integers(0, more)) + 1)
        ),
        powers=()
        if kind == "outside"
        else tuple(draw(powers(place)) for place in range(1, draw(st.integers(0, more)) + 1)),
        consultation_days=0 if kind == "outside" or shortest else draw(st.sampled_from([0, 1, 30])),
        safeguards=kept,
    )


@st.composite
def receivers(draw: st.DrawFn, texts: st.SearchStrategy[str] = texts) -> Receiver:
    """An outside agency."""
    return Receiver(
        name=draw(texts),
        ori=draw(st.sampled_from(RECEIVERS)),
        kind=draw(st.sampled_from(list(vocabulary.AGENCY_KINDS))),
        criminal_justice=draw(st.booleans()),
        signatory=draw(texts),
        contact=draw(texts),
        records_officer=draw(texts),
        security_officer=draw(texts),
        signs_under=draw(st.none() | texts),
    )


def in_force(most: int = 2) -> st.SearchStrategy[list[InForce]]:
    """Some agreements in force, numbered in their order."""
    listed = st.lists(agreements(texts=st.just("Words."), shortest=True), max_size=most)
    return listed.map(lambda found: [InForce(number, each) for number, each in enumerate(found, 1)])


UNKNOWN = ("hat_size", "", "birth_date:century", "records_person")

ASKERS = (
    *OWNERS,
    *((ori, None) for ori in RECEIVERS),
    ("ZZ0099999", None),
    ("ZZ0099999", "police"),
    ("ZZ0010000", "court"),
)


@st.composite
def requests(draw: st.DrawFn, held: list[InForce] | None = None) -> Request:
    """A request; mostly one that a permit of `held` nearly or fully allows, otherwise anything."""
    if any(one.agreement.permits for one in held or ()) and draw(st.integers(0, 3)):
        fitting = draw(fitting_requests(held or []))
        if draw(st.booleans()):
            return fitting
        stray = draw(stray_requests())
        field = draw(
            st.sampled_from(
                ["kind", "role", "purpose", "case_number", "keys", "tolerance_years", "elements", "events"]
            )
        )
        return replace(fitting, **{field: getattr(stray, field)})
    return draw(stray_requests())


@st.composite
def fitting_requests(draw: st.DrawFn, held: list[InForce]) -> Request:
    """A request made from one permit's own words: permitted, unless it is prohibited."""
    one = draw(st.sampled_from(held))
    permit = draw(st.sampled_from(one.agreement.permits))
    receiver = one.agreement.receiver
    ori, office = (
        (receiver.ori, None) if receiver else next(pair for pair in OWNERS if pair[1] == permit.office)
    )
    kinds = ["open", *(["search"] * 2 if permit.ask_by else []), *(["list"] if permit.lists else [])]
    kinds += ["event"] * 2 if permit.events else []
    kind = draw(st.sampled_from(kinds))
    whole = [grant.element for grant in permit.elements if not grant.generalization]
    return Request(
        kind=kind,
        agency_ori=ori,
        office=office,
        role=draw(st.sampled_from(sorted(permit.roles or ROLES[office])))
        if office
        else draw(st.sampled_from(one.agreement.safeguards.people.askers or ("detective",))),
        purpose=draw(st.sampled_from(permit.purposes)),
        case_number="C-1",
        # One set of keys, or two together: each key is one that the permit knows.
        keys=draw(st.sampled_from(permit.ask_by)) | draw(st.sampled_from(permit.ask_by))
        if kind == "search"
        else frozenset(),
        tolerance_years=draw(st.integers(0, permit.tolerance_years)),
        elements=draw(
            st.none() | st.frozensets(st.sampled_from([g.element for g in permit.elements]), min_size=1)
        ),
        list_needs=frozenset(
            draw(st.sets(st.sampled_from(whole), max_size=2)) if kind == "list" and whole else ()
        ),
        events=draw(st.frozensets(st.sampled_from(sorted(permit.events)), min_size=1))
        if kind == "event"
        else frozenset(),
    )


@st.composite
def stray_requests(draw: st.DrawFn) -> Request:
    """Any request at all, unknown words among its own."""
    ori, office = draw(st.sampled_from(ASKERS))
    words = st.sampled_from([*CATALOGUE, "birth_date:year", "address:zip", *UNKNOWN])
    return Request(
        kind=draw(st.sampled_from([*KINDS, "export"])),
        agency_ori=ori,
        office=office,
        role=draw(st.none() | st.sampled_from([*vocabulary.ROLES, "mayor"])),
        purpose=draw(st.sampled_from([*vocabulary.PROHIBITABLE, "LawEnforcement", ""])),
        case_number=draw(st.sampled_from(["", "  ", "C-1"])),
        keys=draw(st.frozensets(st.sampled_from([*ASK_BY, "hat_size", "surname_sound"]), max_size=3)),
        tolerance_years=draw(st.sampled_from([0, 0, 1, 5, 11, -1])),
        elements=draw(st.none() | st.frozensets(words, max_size=4)),
        list_needs=draw(st.frozensets(st.sampled_from([*CATALOGUE, "hat_size"]), max_size=2)),
        events=draw(st.frozensets(st.sampled_from([*vocabulary.EVENTS, "escaped"]), max_size=2)),
    )
