"""A juvenile's case on a page: how old the person was, on which grounds they may be charged as an adult."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from openpars.portal.showing import instant
from openpars.records.rules.booking import age
from openpars.records.rules.court_days import local_day
from openpars.records.rules.facts import YouthFacts
from openpars.records.rules.juveniles import GROUNDS, grounds_for

Record = Mapping[str, Any]


def facts(record: Record) -> YouthFacts:
    """What direct file looks at, as the record tells it."""
    offense = instant(record.get("occurred_at")) or instant(record.get("arrested_at"))
    born = record.get("birth_date")
    years = None
    if born and offense:
        years = age(date.fromisoformat(str(born)), local_day(offense, timezone.get_default_timezone()))
    rows = [
        row for row in record.get("charge") or () if row.get("charge_status") not in ("declined", "withdrawn")
    ]
    return YouthFacts(years, tuple(str(row.get("statute") or "") for row in rows))


def grounds(record: Record) -> list[tuple[str, str, str]]:
    """The grounds of which nothing known stands in the way: code, words, rule."""
    known = facts(record)
    found = grounds_for(age=known.age, statutes=known.statutes)
    return [(code, ground.words, ground.rule) for code, ground in found.items()]


def ground_words(record: Record) -> str:
    """On which ground the person is charged as an adult; empty where they are not."""
    ground = GROUNDS.get(str(record.get("direct_file") or ""))
    return f"{ground.words} ({ground.rule})" if ground else ""
