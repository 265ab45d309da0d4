"""The rows of a permit as conditions in SQL. Numbers and checked districts are all of a text that enters them."""

import re
from collections.abc import Iterator, Mapping

from openpars.agreements.rules.terms import Agreement, Permit, Rows, Term
from openpars.records.rules.elements import Relation

DISTRICT = re.compile(r"[0-9A-Za-z]{1,4}")
"""What a police district may look like."""

KEEPING_THE_LIST = frozenset({"district-attorney", "court"})
"""Offices that still see whom an order left on their list alone (18 Pa.C.S. 9122(c))."""


_CHARGED_AT_ALL = "SELECT 1 FROM records_charge ca WHERE ca.arrest_id = a.id{open}"
_HELD = "SELECT 1 FROM records_disposition cd WHERE cd.charge_id = ca.id AND cd.outcome = 'Held for court'"
_CHARGED: Mapping[str, tuple[str, ...]] = {
    "any": (),
    "not-declined": (
        f"(EXISTS ({_CHARGED_AT_ALL} AND ca.status IN ('pending', 'approved')) OR NOT EXISTS ({_CHARGED_AT_ALL}))",
    ),
    "approved": (f"EXISTS ({_CHARGED_AT_ALL} AND ca.status = 'approved')",),
    "held-for-court": (f"EXISTS ({_CHARGED_AT_ALL} AND EXISTS ({_HELD}))",),
}
"""A word that is not here cannot be compiled. `open`: of the charges that the permit shows."""

_OPEN = "c.limited_access_at IS NULL"
_CLOSED_ONE = "SELECT 1 FROM records_charge cl WHERE cl.limited_access_at IS NOT NULL"
_OF_DISPOSITION = "(SELECT cd.charge_id FROM records_disposition cd WHERE cd.id = x.row)"
_ALL_OPEN = f"NOT EXISTS ({_CLOSED_ONE} AND cl.arrest_id = a.id)"
_CLOSED: Mapping[Relation, str] = {
    Relation.CHARGE: _OPEN,
    Relation.DISPOSITION: _OPEN,
    # A paper of the arrest may name all its charges.
    Relation.PAPER: _ALL_OPEN,
    Relation.FILE: _ALL_OPEN,
    Relation.CORRECTION: f"NOT EXISTS ({_CLOSED_ONE} AND cl.id IN (x.row, {_OF_DISPOSITION}))",
}
"""What a permit without limited access does not show of an arrest of which one docket is closed and another is not."""


def of_relation(permit: Permit, relation: Relation) -> tuple[str, ...]:
    """The conditions on the rows of one relation, beside those on the arrest."""
    if permit.rows.limited_access or relation not in _CLOSED:
        return ()
    return (_CLOSED[relation],)


_CATEGORIES: Mapping[str, str] = {"on-view": "O", "summoned": "S", "on-a-warrant": "T"}
"""The kinds of arrests as records keep them; an arrest whose kind nobody noted is of none."""


def predicate(agreement: Agreement, permit: Permit) -> list[str]:
    """The rows of a permit, as conditions on the arrest `a` alone: every view repeats them."""
    rows = permit.rows
    conditions: list[str] = []
    if permit.office not in KEEPING_THE_LIST:
        conditions.append("a.listed_only_at IS NULL")
    if not rows.limited_access:
        conditions.append("a.limited_access_at IS NULL")
    if not rows.juveniles:
        conditions.append(
            "(NOT a.juvenile OR a.direct_file <> '')" if rows.charged_as_adults else "NOT a.juvenile"
        )
    shown = "" if rows.limited_access else " AND ca.limited_access_at IS NULL"
    conditions += [condition.format(open=shown) for condition in _CHARGED[rows.charge_status]]
    if rows.districts is not None:
        if not all(DISTRICT.fullmatch(district) for district in rows.districts):
            raise ValueError("a district that is not one to four letters and digits")
        listed = ", ".join(f"'{district}'" for district in sorted(rows.districts))
        conditions.append(f"a.district = ANY (ARRAY[{listed}]::text[])")
    if rows.categories is not None:
        codes = ", ".join(f"'{_CATEGORIES[word]}'" for word in sorted(rows.categories))
        conditions.append(f"a.category = ANY (ARRAY[{codes}]::text[])")
    if rows.arrested_within_days is not None:
        days = int(rows.arrested_within_days)
        conditions.append(f"a.arrested_at >= (SELECT guard.now()) - interval '{days} days'")
    if rows.own_clients:
        conditions.append("a.counsel_id = (SELECT asker FROM guard.begun)")
    conditions += _window(agreement.term.time_zone, rows)
    if rows.own_case or "subject_on_case" in permit.requires:
        own = "true" if rows.own_case else "false"
        conditions.append(f"a.person_id = ANY ((SELECT guard.case_people({own}))::uuid[])")
    return conditions


def _window(zone: str, rows: Rows) -> Iterator[str]:
    """Local days as seconds since 1970: numbers are all that enters SQL."""
    if rows.arrested_from is not None:
        starts = Term(rows.arrested_from, rows.arrested_from, zone).starts_at
        yield f"a.arrested_at >= to_timestamp({int(starts.timestamp())})"
    if rows.arrested_to is not None:
        ends = Term(rows.arrested_to, rows.arrested_to, zone).ends_at
        yield f"a.arrested_at < to_timestamp({int(ends.timestamp())})"
