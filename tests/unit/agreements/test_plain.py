"""The plain language says the whole text: two that differ in anything read differently, or it is said here why not."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, time
from typing import Any

import pytest

from openpars.agreements.rules.parties import Authority, Owner, Receiver
from openpars.agreements.rules.safeguards import (
    Accuracy,
    Audit,
    Breach,
    Disposition,
    Individuals,
    People,
    Redisclosure,
    Reporting,
    Safeguards,
    Security,
    Suspension,
    Use,
)
from openpars.agreements.rules.signing import plain_digest
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

ONE = Agreement(
    identifier="one",
    version=1,
    kind="outside",
    title="One",
    statement="One.",
    owners=(Owner("One", "ZZ0010000", "police", True, "Chief one", "law one"),),
    votes_needed=1,
    authority=Authority(("one",), ("one",), "One.", ("one",)),
    term=Term(date(2026, 1, 1), date(2026, 6, 1), "UTC", date(2026, 3, 1)),
    permits=(
        Permit(
            position=1,
            clause="3.1",
            elements=(Grant("name"), Grant("birth_date"), Grant("arrested_at"), Grant("custody_state")),
            purposes=("CrimeInvestigation",),
            rows=Rows(
                charge_status="any",
                districts=frozenset({"1"}),
                categories=frozenset({"on-view"}),
                arrested_from=date(2026, 1, 1),
                arrested_to=date(2026, 2, 1),
                arrested_within_days=10,
            ),
            ask_by=(frozenset({"name", "birth_date"}),),
            tolerance_years=1,
            events=frozenset({"arrested"}),
            requires=frozenset({"case_number"}),
            hours=Hours(time(7), time(19)),
            results_per_request=1,
            requests_per_person_per_day=1,
            requests_per_day=1,
            results_per_day=1,
        ),
    ),
    receiver=Receiver("One", "ZZ0020000", "police", True, "Chief", "Office one", "Clerk", "Guard", "law one"),
    prohibitions=(Prohibition("4.1", "One.", ("Profiling",), ("birth_place",), ("list",)),),
    duties=(Duty("5.1", "delete", "One.", 720),),
    thresholds=(Threshold("6.1", "requests-per-day", 1, "review"),),
    notices=(Passage("7.1", "One."),),
    fee=Fee("8.1", 100, "One."),
    law=(LawClause("9.1", "One.", "public-record"),),
    powers=(Power("12.1", "police", frozenset({"head of office"}), ("vote",)),),
    consultation_days=1,
    safeguards=Safeguards(
        redisclosure=Redisclosure("named", ("One",), "One."),
        people=People(askers=("one",), supervisors=("one",)),
    ),
)
OTHER = Agreement(
    identifier="other",
    version=2,
    kind="charter",
    title="Other",
    statement="Other.",
    owners=(Owner("Other", "ZZ001013A", "court", False, "Chief other", "law other"),),
    votes_needed=2,
    authority=Authority(("other",), ("other",), "Other.", ("other",)),
    term=Term(date(2026, 1, 2), date(2026, 6, 2), "America/New_York", date(2026, 3, 2)),
    permits=(
        Permit(
            position=2,
            clause="3.2",
            elements=(Grant("otn", "year"),),
            purposes=("CrimeProsecution",),
            rows=Rows(
                charge_status="approved",
                juveniles=True,
                charged_as_adults=True,
                limited_access=True,
                own_clients=True,
                own_case=True,
                victims_and_witnesses=True,
                districts=frozenset({"2"}),
                categories=frozenset({"summoned"}),
                arrested_from=date(2026, 1, 2),
                arrested_to=date(2026, 2, 2),
                arrested_within_days=11,
            ),
            office="court",
            roles=frozenset({"clerk"}),
            ask_by=(frozenset({"otn"}),),
            exact=True,
            tolerance_years=2,
            lists=True,
            events=frozenset({"custody"}),
            requires=frozenset({"case_number", "case_exists"}),
            hours=Hours(time(8), time(20)),
            results_per_request=2,
            requests_per_person_per_day=2,
            requests_per_day=2,
            results_per_day=2,
        ),
    ),
    receiver=Receiver(
        "Other", "ZZ0030000", "state", False, "Head", "Office other", "Keeper", "Warden", "law other"
    ),
    prohibitions=(Prohibition("4.2", "Other.", ("SellDataToThirdParties",), ("address",), ("open",)),),
    duties=(Duty("5.2", "recall", "Other.", 721),),
    thresholds=(Threshold("6.2", "refusals-per-day", 2, "suspend"),),
    notices=(Passage("7.2", "Other."),),
    fee=Fee("8.2", 200, "Other."),
    law=(LawClause("9.2", "Other.", "precedence"),),
    powers=(Power("12.2", "court", frozenset({"clerk"}), ("propose",)),),
    consultation_days=2,
    safeguards=Safeguards(
        use=Use(("view",), ("derive",)),
        redisclosure=Redisclosure("none", ("Other",), "Other."),
        people=People("name", "security-and-privacy", "none", 5, ("other",), ("other",), 48),
        security=Security("in-transit", "agency", "agency-owned", "encrypted"),
        audit=Audit(6, 40, 24, False, ("who",)),
        accuracy=Accuracy(24),
        individuals=Individuals("Other.", "both", "Other."),
        breach=Breach(12, ("what",), False),
        suspension=Suspension(("police",), False, "held", "ended"),
        disposition=Disposition("return", 24, 30),
        reporting=Reporting("nothing", 6),
    ),
)
UNSAID = {
    "identifier": "names the file, not what it says: it stands at the head of the paper, and in the signed hash",
    "version": "as the identifier",
    "title": "as the identifier: it is the heading",
    "kind": "the parties are those of an agreement or of a charter, which is said",
    "permits.position": "the order of the clauses",
}
"""Fields that change no sentence, and why."""


def leaves(one: Any, other: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Each field by its path, with `one` as it is once that field is `other`'s."""
    for field in fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        inside = (*path, field.name)
        if isinstance(mine, tuple) and mine and is_dataclass(mine[0]) and field.name != "elements":
            for name, changed in leaves(mine[0], theirs[0], inside):
                yield name, replace(one, **{field.name: (changed, *mine[1:])})
        elif is_dataclass(mine) and not isinstance(mine, Hours):
            for name, changed in leaves(mine, theirs, inside):
                yield name, replace(one, **{field.name: changed})
        else:
            yield ".".join(inside), replace(one, **{field.name: theirs})


LEAVES = dict(leaves(ONE, OTHER))


@pytest.mark.parametrize("name", LEAVES)
def test_law_5_what_is_signed_in_plain_language_is_the_whole_text(name: str) -> None:
    changed = LEAVES[name]
    assert changed != ONE, f"{name}: the two texts here must differ in it, or nothing is tried"
    assert (plain_digest(changed) == plain_digest(ONE)) is (name in UNSAID), name
