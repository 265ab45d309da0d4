"""From a record to what its custodian corrects, and from a notice to its letter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from openpars import clock
from openpars.disclosure.notices import NoticeView
from openpars.paper import Issue, Letter, Reference
from openpars.portal.deadlines import deadline
from openpars.portal.showing import day, full_name, instant, local, words
from openpars.records.rules.booking import Report
from openpars.records.rules.clocks import Facts, Happened, Running, running
from openpars.records.rules.corrections import CORRECTABLE
from openpars.records.rules.court_days import day_begins
from openpars.records.rules.elements import CATALOGUE
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts
from openpars.records.rules.lifecycle import Event

KINDS = {
    "correction": "a correction",
    "limited-access": "limited access",
    "expungement": "an expungement",
}
"""What a notice is of."""


@dataclass(frozen=True)
class Field:
    """One thing that can be corrected: `key` is relation and column, and the charge or disposition where it is
    one's."""

    key: str
    label: str
    now: str


@dataclass(frozen=True)
class Changed:
    """One correction: what changed, from what, to what, why, when."""

    number: int
    what: str
    was: str
    became: str
    why: str
    at: str


def as_report(record: Mapping[str, Any], *, charge: str) -> Report:
    """The record as a report reads: what a correction of it is held against. Of its charges the one of that reference
    alone, where one is meant."""
    rows = [row for row in record.get("charge", ()) if charge in ("", str(row.get("charge_reference")))]
    texts: dict[str, Any] = {name: str(record.get(name) or "") for name in _PERSONAL}
    return Report(
        PersonFacts(**texts, birth_date=_day(record.get("birth_date"))),
        IncidentFacts(
            dc_number=record.get("dc_number") or None,
            occurred_at=instant(record.get("occurred_at")),
            location=str(record.get("incident_location") or ""),
        ),
        ArrestFacts(
            # A record without its time would be held against nothing.
            arrested_at=instant(record.get("arrested_at")) or clock.now(),
            otn=str(record.get("otn") or ""),
            location=str(record.get("arrest_location") or ""),
            category=str(record.get("arrest_category") or ""),
        ),
        tuple(
            ChargeFacts(
                str(row.get("statute") or ""),
                str(row.get("charge_description") or ""),
                str(row.get("grade") or ""),
                int(row.get("charge_count") or 1),
            )
            for row in rows
        ),
        str(record.get("warrant") or ""),
        tuple(str(officer) for officer in record.get("officers") or ()),
        instant(record.get("prints_taken_at")),
    )


_PERSONAL = (
    *("given_name", "middle_name", "surname", "suffix", "sex", "race", "birth_place", "language", "address"),
    *("sid", "photo_number"),
)


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def fields(record: Mapping[str, Any]) -> tuple[Field, ...]:
    """What can be corrected on the record, with what it says now, as far as the answer tells."""
    found = []
    for (relation, column), each in CORRECTABLE.items():
        name = each.element or column
        rows = record.get(relation, ()) if relation in _MANY else [record]
        for row in rows:
            if name not in row:
                continue
            which, reference = _MANY[relation](row) if relation in _MANY else ("", "")
            key = ".".join(part for part in (relation, column, reference) if part)
            found.append(
                Field(key, f"{which}{each.words if which else _sentence(each.words)}", words(row[name])[0])
            )
    return tuple(found)


def _charge(row: Mapping[str, Any]) -> tuple[str, str]:
    which = f"Charge {row.get('charge_sequence', '')} ({row.get('charge_stage', '')}): "
    return which, str(row.get("charge_reference", ""))


def _disposition(row: Mapping[str, Any]) -> tuple[str, str]:
    return "Disposition: ", str(row.get("disposition_reference", ""))


_MANY: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "charge": _charge,
    "disposition": _disposition,
}
"""Relations of which an arrest has several rows: how a page names one, and its reference."""


@dataclass(frozen=True)
class Due:
    """A disposition of an arrest that is to be reported to the State Police: when it was made, until when, how long
    that is; `state` is that of the clock."""

    arrest: str
    otn: str
    name: str
    disposed: str
    until: str
    left: str
    state: str


def dues(body: Mapping[str, Any]) -> tuple[tuple[Due, ...], str]:
    """The arrests of an answer to the list `reports`, each with its clock, and the clock's rule in words."""
    now = instant(body["as_of"])
    found = [(row, _report_clock(str(row["report_due_from"]), now)) for row in body["results"] if now]
    rules = {f"{one.clock.words} ({one.clock.rule}, version {one.clock.version})" for _, one in found}
    return tuple(_due(row, clock) for row, clock in found), "; ".join(sorted(rules))


def _report_clock(disposed_on: str, now: datetime) -> Running:
    zone = timezone.get_default_timezone()
    ended = Happened(Event.DISPOSITION, day_begins(date.fromisoformat(disposed_on), zone))
    # A file from elsewhere may name a day to come: its clock begins then.
    clocks = running(Facts((ended,)), max(now, ended.at), zone)
    (clock,) = (one for one in clocks if one.clock.name == "disposition")
    return clock


def _due(row: Mapping[str, Any], clock: Running) -> Due:
    told = deadline(clock)
    return Due(
        str(row["arrest"]),
        str(row.get("otn") or ""),
        full_name(row) or "Name not shown",
        words(row["report_due_from"])[0],
        told.until,
        told.left,
        told.state,
    )


def changes(record: Mapping[str, Any]) -> tuple[Changed, ...]:
    """The corrections of the record, latest first."""
    rows = sorted(record.get("correction", ()), key=lambda row: str(row["corrected_at"]), reverse=True)
    return tuple(
        Changed(
            int(row["corrected_reference"]),
            ", ".join(_said(row["corrected_relation"], name) for name in row["corrected_was"]),
            ", ".join(words(value)[0] for value in row["corrected_was"].values()),
            ", ".join(words(value)[0] for value in row["corrected_became"].values()),
            str(row["corrected_why"] or "—"),
            local(moment) if (moment := instant(row["corrected_at"])) else "",
        )
        for row in rows
    )


def _said(relation: str, column: str) -> str:
    each = CORRECTABLE.get((relation, column))
    return each.words if each else column


def letter(
    notice: NoticeView, *, agency: str, office: str, signed_by: Sequence[str], invented: bool
) -> Letter:
    """The letter that tells an agency. It names the agency's own references, never a person, and bears the time of the
    notice: whenever it is printed, it is the same letter, byte for byte."""
    here = timezone.localtime(notice.written_at).replace(microsecond=0)
    told = {
        "correction": (
            "A record that you were given has been corrected",
            "The record below held a value that was wrong: "
            + ", ".join(CATALOGUE[name].words for name in notice.elements if name in CATALOGUE)
            + ". It has been corrected. Please ask for the record again, and destroy or return what you have"
            " of the earlier answer (18 Pa.C.S. 9114).",
        ),
        "limited-access": (
            "A record that you were given is under limited access",
            "By law the record below may no longer be disclosed except as 18 Pa.C.S. 9122.1 to 9122.5 say. Please"
            " hold what you were given to the same.",
        ),
        "expungement": (
            "A record that you were given is expunged",
            "A court has ordered the record below expunged (18 Pa.C.S. 9122). Please destroy what you were given"
            " of it, wherever it is kept.",
        ),
    }
    subject, what = told[notice.kind]
    given = tuple(
        Reference(label=f"Given {day(one.at.date())}", number=str(one.disclosure)) for one in notice.given
    )
    return Letter(
        issue=Issue(office=office, version=1, made_at=here, invented=invented),
        to=(agency, notice.agency_ori),
        on=here.date(),
        subject=subject,
        references=(Reference(label="Notice", number=str(notice.id)), *given),
        paragraphs=(
            what,
            "The references above are those of your own requests: they find the record in your files. This letter"
            " names nobody.",
            "Please acknowledge this notice on the page Notices of OpenPARS, or by returning a signed copy.",
        ),
        signed_by=tuple(signed_by),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
