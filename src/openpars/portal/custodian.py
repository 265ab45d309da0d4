"""From a record to what its custodian corrects, and from a notice to its letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from openpars.disclosure.notices import NoticeView
from openpars.paper import Issue, Letter, Reference
from openpars.portal.showing import day, instant, local, words
from openpars.records.rules.corrections import WORDS
from openpars.records.rules.elements import CATALOGUE

_ELEMENTS = {
    ("incident", "location"): "incident_location",
    ("arrest", "location"): "arrest_location",
    ("charge", "description"): "charge_description",
    ("charge", "count"): "charge_count",
}
"""Where the value of a column comes in an answer under another name."""

KINDS = {
    "correction": "a correction",
    "limited-access": "limited access",
    "expungement": "an expungement",
}
"""What a notice is of."""


@dataclass(frozen=True)
class Field:
    """One thing that can be corrected: `key` is relation and column, and the charge where it is one's."""

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


def fields(record: Mapping[str, Any]) -> tuple[Field, ...]:
    """What can be corrected on the record, with what it says now, as far as the answer tells."""
    found = []
    for (relation, column), label in WORDS.items():
        name = _ELEMENTS.get((relation, column), column)
        if relation != "charge":
            if name in record:
                found.append(Field(f"{relation}.{column}", _sentence(label), words(record[name])[0]))
            continue
        for charge in record.get("charge", ()):
            if name in charge and charge.get("charge_reference"):
                which = (
                    f"Charge {charge.get('charge_sequence', '')} ({charge.get('charge_stage', '')}): {label}"
                )
                key = f"charge.{column}.{charge['charge_reference']}"
                found.append(Field(key, which, words(charge[name])[0]))
    return tuple(found)


def changes(record: Mapping[str, Any]) -> tuple[Changed, ...]:
    """The corrections of the record, latest first."""
    rows = sorted(record.get("correction", ()), key=lambda row: str(row["corrected_at"]), reverse=True)
    return tuple(
        Changed(
            int(row["corrected_reference"]),
            ", ".join(WORDS.get((row["corrected_relation"], name), name) for name in row["corrected_was"]),
            ", ".join(words(value)[0] for value in row["corrected_was"].values()),
            ", ".join(words(value)[0] for value in row["corrected_became"].values()),
            str(row["corrected_why"] or "—"),
            local(moment) if (moment := instant(row["corrected_at"])) else "",
        )
        for row in rows
    )


def letter(
    notice: NoticeView, *, agency: str, office: str, signed_by: Sequence[str], at: datetime, invented: bool
) -> Letter:
    """The letter that tells an agency. It names the agency's own references, never a person."""
    here = at.astimezone(ZoneInfo(settings.TIME_ZONE))
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
