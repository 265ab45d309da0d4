"""From an opened record to what the pages of the court show: three lines of bail, the outcome, the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils import timezone

from openpars.agencies import queries as agencies
from openpars.portal.showing import age, full_name, instant, local, words
from openpars.records.rules import grades
from openpars.records.rules.bail import BailDecision, BailKind, Status, to_be_paid
from openpars.records.rules.conditions import Condition, ConditionKind, condition_words
from openpars.records.rules.facts import LeadFacts
from openpars.records.rules.grades import OffenseKind
from openpars.records.rules.hearings import SITES
from openpars.records.rules.statutes import kind_of

Record = Mapping[str, Any]
SITE_WORDS = {site.code: site.words for site in SITES}


@dataclass(frozen=True)
class Row:
    """One person on a list."""

    arrest: str
    name: str
    otn: str
    lead_charge: str
    state: str
    arrested_at: datetime | None
    age: str
    next_step: str


@dataclass(frozen=True)
class Group:
    """The people of one session and one site; `key` is by what groups are ordered."""

    key: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Lines:
    """Guideline, recommendation, decision: three facts, none of which overwrites another."""

    guideline: str
    recommendation: str
    why: str
    decision: str


@dataclass(frozen=True)
class Outcome:
    """What was decided: finding, bail, conditions, next date with its rule, by whom and when."""

    held_at: str
    magistrate: str
    probable_cause: bool
    bail: str
    conditions: tuple[str, ...]
    next_on: str
    next_rule: str
    custody: str


def rows(body: Mapping[str, Any]) -> tuple[Row, ...]:
    """The rows of a list's answer, in its order."""
    as_of = instant(body["as_of"])
    return tuple(_row(result, as_of) for result in body["results"])


def groups(body: Mapping[str, Any], *, by_session: bool) -> tuple[Group, ...]:
    """A list as the answer orders it: by session and video site, and last who is not listed yet; else as one group."""
    as_of = instant(body["as_of"])
    parts = groupby(body["results"], key=_session if by_session else lambda result: ("", ""))
    return tuple(
        Group(key, title, tuple(_row(result, as_of) for result in results)) for (key, title), results in parts
    )


def _session(record: Record) -> tuple[str, str]:
    """By what sessions and sites are ordered, and their words."""
    begins = instant(record.get("session_at"))
    place = f"{begins.isoformat()} {record.get('site') or ''}" if begins else "~"
    return place, session_words(record)


def session_words(record: Record) -> str:
    """The session and site for which a person is listed."""
    begins = instant(record.get("session_at"))
    if begins is None:
        return "Not listed for a session yet"
    site = SITE_WORDS.get(str(record.get("site")), str(record.get("site") or ""))
    return f"{local(begins)} · {site}"


def filed(record: Record) -> list[Record]:
    """The filed charges of a record."""
    return [row for row in record.get("charge", ()) if row["charge_stage"] == "filed"]


def standing(record: Record) -> list[Record]:
    """The filed charges that were not withdrawn."""
    return [row for row in filed(record) if row["charge_status"] == "approved"]


def lead(record: Record) -> tuple[str, OffenseKind]:
    """Grade and kind of the gravest filed charge; an unknown statute is of no particular kind."""
    charges = standing(record)
    if not charges:
        return "", OffenseKind.OTHER
    gravest = charges[grades.lead([str(row.get("grade") or "") for row in charges])]
    return str(gravest.get("grade") or ""), kind_of(str(gravest.get("statute") or ""))


def lead_facts(record: Record, *, missed: int, open_cases: int, violent_past: bool) -> LeadFacts:
    """What the guideline looks at."""
    grade, kind = lead(record)
    return LeadFacts(grade, kind, missed, open_cases, violent_past)


def arraigned(record: Record) -> Record | None:
    """The latest preliminary arraignment, or None."""
    held = record.get("arraignment") or ()
    return held[-1] if held else None


def decided_bail(record: Record) -> Record | None:
    """The bail that the arraignment decided, or None."""
    held = arraigned(record)
    at = held["arraignment_at"] if held else None
    return next((row for row in record.get("bail", ()) if row["bail_at"] == at), None)


def conditions(record: Record) -> tuple[str, ...]:
    """The conditions of the decided bail, in words."""
    bail = decided_bail(record)
    if bail is None:
        return ()
    return tuple(
        _condition(row) for row in record.get("condition", ()) if row["condition_at"] == bail["bail_at"]
    )


def lines(record: Record) -> Lines:
    """The three lines of a hearing."""
    band = (record.get("guideline") or (None,))[-1]
    told = (record.get("interview") or (None,))[-1]
    guideline = "Not computed yet: the interview does it"
    if band:
        span = ""
        if band["guideline_low"]:
            span = f", {dollars(band['guideline_low'])} to {dollars(band['guideline_high'])}"
        guideline = (
            f"{band['guideline_bail']}{span} ({band['guideline_rule']}, version {band['guideline_version']})"
        )
    recommendation, why = "No interview has been held", ""
    if told:
        amount = f", {dollars(told['recommended_amount'])}" if told["recommended_amount"] else ""
        recommendation, why = f"{told['recommended_bail']}{amount}", str(told["recommended_words"] or "")
    bail = decided_bail(record)
    held = arraigned(record)
    decision = bail_words(bail) if bail else "No probable cause" if held else "Not decided yet"
    return Lines(guideline, recommendation, why, decision)


def outcome(record: Record) -> Outcome | None:
    """What was decided at the arraignment, or None before it."""
    held = arraigned(record)
    if held is None:
        return None
    bail = decided_bail(record)
    return Outcome(
        held_at=words(held["arraignment_at"])[0],
        magistrate=magistrate(held),
        probable_cause=bool(held["probable_cause"]),
        bail=bail_words(bail) if bail else "",
        conditions=conditions(record),
        next_on=words(held["next_date"])[0] if held["next_date"] else "",
        next_rule=str(held["next_date_rule"] or ""),
        custody=str(record.get("custody_state") or ""),
    )


def magistrate(held: Record) -> str:
    """The name of the magistrate who decided."""
    return agencies.name_of(UUID(held["magistrate"])) if held.get("magistrate") else ""


def bail_words(bail: Record) -> str:
    """Bail as decided: its type, amount, what is to be paid, who stands surety."""
    parts = [str(bail["bail_type"])]
    if bail["bail_amount"]:
        parts.append(dollars(bail["bail_amount"]))
    if bail["bail_percent"]:
        share = format(Decimal(str(bail["bail_percent"])).normalize(), "f")
        parts.append(f"{share} per cent to be paid ({dollars(due(bail))})")
    if bail.get("bail_surety"):
        parts.append(f"surety {bail['bail_surety']}")
    return ", ".join(parts)


def due(bail: Record) -> Decimal | None:
    """Dollars to be paid for release under a bail row, or None."""
    if bail["bail_type"] != BailKind.MONETARY or not bail["bail_amount"]:
        return None
    percent = Decimal(str(bail["bail_percent"])) if bail["bail_percent"] else None
    return to_be_paid(BailDecision(BailKind.MONETARY, Decimal(str(bail["bail_amount"])), percent))


def due_now(record: Record) -> Decimal | None:
    """Dollars that would release the person now, or None where money does not."""
    latest = (record.get("bail") or (None,))[-1]
    return due(latest) if latest and latest["bail_status"] == Status.SET else None


def dollars(amount: object) -> str:
    """An amount with its unit: `$5,000.00`."""
    return f"${Decimal(str(amount)):,.2f}"


def here(at: datetime) -> datetime:
    """The moment in the city's zone."""
    return timezone.localtime(at)


def reports_due(record: Record) -> Sequence[Record]:
    """The dispositions of a record, each beside its charge's words."""
    named = {str(row["charge_reference"]): str(row["charge_description"]) for row in filed(record)}
    return [
        {**row, "charge": named.get(str(row["disposed_charge"]), "")} for row in record.get("disposition", ())
    ]


def _condition(row: Record) -> str:
    try:
        kind = ConditionKind(str(row["condition"]))
    except ValueError:
        return str(row["condition"])
    detail = row["condition_detail"] or {}
    return condition_words(Condition(kind, tuple((str(key), str(value)) for key, value in detail.items())))


def _row(result: Record, as_of: datetime | None) -> Row:
    arrested_at = instant(result.get("arrested_at"))
    hours = (as_of - arrested_at).total_seconds() / 3600 if as_of and arrested_at else 0.0
    return Row(
        arrest=str(result["arrest"]),
        name=full_name(result) or "Name not shown",
        otn=str(result.get("otn") or ""),
        lead_charge=str(result.get("lead_charge") or ""),
        state=str(result.get("custody_state") or ""),
        arrested_at=arrested_at,
        age=age(hours),
        next_step=_next_step(result),
    )


def _next_step(result: Record) -> str:
    if result.get("arraigned_at"):
        return "arraigned"
    if result.get("charging_state") != "filed":
        return "charges not filed yet"
    return "to be arraigned" if result.get("interviewed_at") else "bail interview"
