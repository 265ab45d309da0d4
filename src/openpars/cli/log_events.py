"""`openpars log events`: who came in, who failed to, what was done at the console, each with its place in the log."""

import re
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from openpars.agencies.rules import ori_problem
from openpars.agencies.rules.event import KINDS, OUTCOMES
from openpars.cli import django, say
from openpars.errors import BadInput, LogBroken, Problem

if TYPE_CHECKING:
    from openpars.agencies.queries import EventView

_WHO = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]{1,20}")
_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


@click.command()
@click.option("--by", metavar="ID", help="Of one user, by id, or of a word such as console.")
@click.option("--agency", "agency_ori", metavar="ORI", help="Of one agency's people.")
@click.option("--kind", type=click.Choice(list(KINDS)), help="Of one kind.")
@click.option("--outcome", type=click.Choice(OUTCOMES), help="What was done, or what was refused.")
@click.option("--arrest", type=click.UUID, help="That wrote to one arrest, by its reference.")
@click.option("--since", type=click.DateTime(_MOMENTS), help="From this moment on, on the city's clocks.")
@click.option("--until", type=click.DateTime(_MOMENTS), help="Before this moment.")
@click.option("--most", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
def events(
    by: str | None,
    agency_ori: str | None,
    kind: str | None,
    outcome: str | None,
    arrest: UUID | None,
    since: datetime | None,
    until: datetime | None,
    most: int,
    as_json: bool,
) -> None:
    """List what happened at the doors and at the console (specs/event-entry.md), the latest first.

    Each is held against its entry in the log. Looking is itself an event.
    """
    _check(by, agency_ori)
    django()
    from django.utils.timezone import make_aware

    from openpars.agencies import events, queries

    asked: dict[str, object] = {"by": by, "agency": agency_ori, "kind": kind, "outcome": outcome}
    asked |= {"arrest": arrest, "since": since, "until": until}
    events.record("read-events", by="console", about={k: str(v)[:63] for k, v in asked.items() if v})
    found = queries.events(
        by=by,
        agency_ori=agency_ori,
        kind=kind,
        outcome=outcome,
        arrest=arrest,
        since=since and make_aware(since),
        until=until and make_aware(until),
        most=most,
    )
    wrong = [str(one.event) for one in found if not one.agrees]
    if wrong:
        raise LogBroken(f"What is kept of these events is not what the log says: {', '.join(wrong)}")
    lines = [f"{len(found):,} events, each as its entry in the log says.", *map(_line, found)]
    say({"events": [_member(one) for one in found]}, as_json=as_json, text="\n".join(lines))


def _check(by: str | None, agency_ori: str | None) -> None:
    """What is looked for is kept beside the look's own entry: ids and words, and nothing else that may be typed."""
    problems = [ori_problem(agency_ori) if agency_ori else None]
    if by and not _WHO.fullmatch(by):
        problems.append(Problem("by", "must be a user's id, or a word such as console"))
    if found := [problem for problem in problems if problem]:
        raise BadInput(found)


def _line(one: "EventView") -> str:
    place = f"entry {one.index:,}" if one.index is not None else "waiting"
    times = f" {one.times:,} times" if one.times > 1 else ""
    about = " ".join(f"{name}={value}" for name, value in (one.about or {}).items())
    who = f"{one.by or 'nobody known'} ({one.agency_ori or '-'}) from {one.source or '-'}"
    what = f"{one.kind} {one.outcome}{times}"
    return (
        f"{one.at:%Y-%m-%d %H:%M:%S.%f}"[:-4] + f" UTC  {place}  {one.door}  {what}  {who}  {about}".rstrip()
    )


def _member(one: "EventView") -> dict[str, object]:
    hidden = {"by": one.by, "source": one.source, "about": one.about, "salt": one.salt and one.salt.hex()}
    facts = {"event": one.event, "kind": one.kind, "at": one.at.isoformat(), "door": one.door}
    return {
        **facts,
        "outcome": one.outcome,
        "agency": one.agency_ori,
        "times": one.times,
        "index": one.index,
        **hidden,
    }
