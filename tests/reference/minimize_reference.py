"""The slow plain oracle of the views: what a permit may show of a set of arrests, in so many words.

Written from specs/agreement-file.md, without SQL and without the compiler. It takes whole records as plain
dictionaries, and answers the rows that the permit's `arrest` view must show, no more and no less.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from openpars.agreements.rules.terms import Permit
from openpars.records.rules.elements import CATALOGUE, Relation

Whole = Mapping[str, object]
NEW_YORK = ZoneInfo("America/New_York")
"""The time zone of the agreements that the tests make."""


def visible(permit: Permit, whole: Whole, *, asker: object, now: datetime, zone: ZoneInfo = NEW_YORK) -> bool:
    """Whether the permit's rows include this arrest; days are those of `zone`."""
    rows = permit.rows
    if whole["limited_access_at"] is not None and not rows.limited_access:
        return False
    if whole["juvenile"] and not rows.juveniles and not (rows.charged_as_adults and whole["direct_file"]):
        return False
    if rows.charge_status == "approved" and "approved" not in whole["charge_statuses"]:  # type: ignore[operator]
        return False
    if rows.charge_status == "held-for-court" and "held-for-court" not in whole["charge_statuses"]:  # type: ignore[operator]
        return False
    if rows.charge_status == "not-declined":
        statuses = whole["charge_statuses"]
        if statuses and not {"pending", "approved"} & set(statuses):  # type: ignore[call-overload]
            return False
    day = whole["moment"].astimezone(zone).date()  # type: ignore[attr-defined]
    if rows.arrested_from is not None and day < rows.arrested_from:
        return False
    if rows.arrested_to is not None and day > rows.arrested_to:
        return False
    if rows.districts is not None and whole["district"] not in rows.districts:
        return False
    if rows.categories is not None:
        codes = {"on-view": "O", "summoned": "S", "on-a-warrant": "T"}
        if whole["category"] not in [codes[name] for name in rows.categories]:
            return False
    if rows.arrested_within_days is not None:
        moment = whole["moment"]
        assert isinstance(moment, datetime)
        if moment < now - timedelta(days=rows.arrested_within_days):
            return False
    return not (rows.own_clients and whole["counsel_id"] != asker)


def columns(permit: Permit) -> list[str]:
    """The columns that an answer about an arrest may hold."""
    named: list[str] = []
    for grant in permit.elements:
        element = CATALOGUE[grant.element]
        if element.relation is Relation.ARREST:
            granted = (
                element.generalizations[grant.generalization] if grant.generalization else element.columns
            )
            named += [column.name for column in granted]
    return named


def minimize(
    permit: Permit, wholes: Sequence[Whole], *, asker: object, now: datetime
) -> list[dict[str, object]]:
    """What the permit shows of these arrests: reference and permitted columns, in the order given."""
    wanted = columns(permit)
    return [
        {"arrest": whole["arrest"], **{name: whole[name] for name in wanted}}
        for whole in wholes
        if visible(permit, whole, asker=asker, now=now)
    ]
