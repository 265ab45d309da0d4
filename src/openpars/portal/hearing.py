"""From an opened record to what the pages of the court show: three lines of bail, the outcome, the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils import timezone

from openpars.agencies import queries as agencies
from openpars.portal import bail
from openpars.portal.bail import Changed
from openpars.portal.showing import age, full_name, instant, local, words
from openpars.records.rules import grades
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
    as_adult: bool


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
    """What was decided: finding, bail, conditions, next date with its rule, by whom and when; and what became of the
    bail since."""

    held_at: str
    magistrate: str
    probable_cause: bool
    bail: str
    conditions: tuple[str, ...]
    next_on: str
    next_rule: str
    custody: str
    changes: tuple[Changed, ...] = ()
    parents_told: str = ""


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


def to_decide(record: Record) -> bool:
    """Whether a decision is still to be made: none was, or charges were filed since."""
    held = bail.arraigned(record)
    filed_at = max((str(row.get("charge_decided_at") or "") for row in filed(record)), default="")
    return held is None or filed_at > str(held["arraignment_at"])


def lines(record: Record) -> Lines:
    """The three lines of a hearing."""
    band = (record.get("guideline") or (None,))[-1]
    told = (record.get("interview") or (None,))[-1]
    guideline = "Not computed yet: the interview does it"
    if band:
        span = ""
        if band["guideline_low"]:
            span = f", {bail.dollars(band['guideline_low'])} to {bail.dollars(band['guideline_high'])}"
        guideline = (
            f"{band['guideline_bail']}{span} ({band['guideline_rule']}, version {band['guideline_version']})"
        )
    recommendation, why = "No interview has been held", ""
    if told:
        amount = f", {bail.dollars(told['recommended_amount'])}" if told["recommended_amount"] else ""
        recommendation, why = f"{told['recommended_bail']}{amount}", str(told["recommended_words"] or "")
    decided = bail.decided(record)
    held = bail.arraigned(record)
    decision = bail.in_words(decided) if decided else "No probable cause" if held else "Not decided yet"
    return Lines(guideline, recommendation, why, decision)


def outcome(record: Record) -> Outcome | None:
    """What was decided at the arraignment, or None before it."""
    held = bail.arraigned(record)
    if held is None:
        return None
    decided = bail.decided(record)
    return Outcome(
        held_at=words(held["arraignment_at"])[0],
        magistrate=magistrate(held),
        probable_cause=bool(held["probable_cause"]),
        bail=bail.in_words(decided) if decided else "",
        conditions=bail.conditions(record),
        next_on=words(held["next_date"])[0] if held["next_date"] else "",
        next_rule=str(held["next_date_rule"] or ""),
        custody=str(record.get("custody_state") or ""),
        changes=bail.changes(record, held),
        parents_told=str(held.get("parents_told") or ""),
    )


def magistrate(held: Record) -> str:
    """The name of the magistrate who decided."""
    return agencies.name_of(UUID(held["magistrate"])) if held.get("magistrate") else ""


def here(at: datetime) -> datetime:
    """The moment in the city's zone."""
    return timezone.localtime(at)


def hearings(record: Record) -> list[dict[str, str]]:
    """The hearings after the arraignment, in words."""
    return [
        {
            "on": words(row["heard_on"])[0],
            "outcome": str(row["hearing_outcome"]),
            "next_on": words(row["hearing_next_on"])[0] if row["hearing_next_on"] else "",
            "cause": str(row["hearing_cause"] or ""),
        }
        for row in record.get("hearing", ())
    ]


def reports_due(record: Record) -> Sequence[Record]:
    """The dispositions of a record, each beside its charge's words."""
    named = {str(row["charge_reference"]): str(row["charge_description"]) for row in filed(record)}
    return [
        {**row, "charge": named.get(str(row["disposed_charge"]), "")} for row in record.get("disposition", ())
    ]


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
        as_adult=bool(result.get("direct_file")),
    )


def _next_step(result: Record) -> str:
    if result.get("arraigned_at"):
        return "arraigned"
    if result.get("charging_state") != "filed":
        return "charges not filed yet"
    return "to be arraigned" if result.get("interviewed_at") else "bail interview"
