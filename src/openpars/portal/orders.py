"""From a record after its arraignment to the court's papers: the hearing's file, and the order that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from openpars.paper import KINDS as PAPER_KINDS
from openpars.paper import CommitmentOrder, Hearing, HearingFile, NextDate, Paper, ReleaseOrder, ReliedOn
from openpars.portal import bail, hearing, papers
from openpars.portal.showing import instant, local
from openpars.records.rules.bail import Status

Record = Mapping[str, Any]

GROUNDS = "On the papers relied on, which are listed below by their digests."

_GROUNDS: Mapping[str, str] = {Status.DENIED: "Bail is denied.", Status.REVOKED: "Bail is revoked."}
"""Why somebody is held whom no payment releases."""


@dataclass(frozen=True)
class Decided:
    """A decision on bail as an order says it: at the arraignment, or a change of it since."""

    bail: Record | None
    by: str
    at: datetime

    @property
    def committed(self) -> bool:
        """Whether it committed the person, whatever was posted since."""
        return self.bail is not None and self.bail["bail_status"] != Status.POSTED

    @property
    def words(self) -> str:
        """The bail in words."""
        return bail.in_words(self.bail) if self.bail else "No probable cause"


def unprinted(record: Record, *, court: str, at: datetime) -> tuple[Paper, ...]:
    """The papers that the decision calls for and that are not printed yet: the order first, then the file; and the
    order that a change of bail calls for."""
    held = bail.arraigned(record)
    if held is None:
        return ()
    decisions = [_decided(record, held), *(_changed(row) for row in bail.changed(record))]
    found: list[Paper] = []
    # The answer's times are whole seconds: orders are counted, not dated. The latest decision is what an order is of.
    if _printed(record, held, ReleaseOrder.kind, CommitmentOrder.kind) < len(decisions):
        found.append(_order(record, held, decisions[-1], court, at))
    if not _printed(record, held, HearingFile.kind):
        found.append(hearing_file(record, held, court, at))
    return tuple(found)


def _printed(record: Record, held: Record, *kinds: str) -> int:
    """How many papers of these kinds were printed since the hearing."""
    since = str(held["arraignment_at"])
    return sum(
        row["paper_kind"] in kinds and str(row["paper_made_at"]) >= since for row in record.get("paper", ())
    )


def _decided(record: Record, held: Record) -> Decided:
    return Decided(bail.decided(record), hearing.magistrate(held), _held_at(held))


def _changed(row: Record) -> Decided:
    at = instant(row["bail_at"])
    if at is None:
        raise ValueError("a change of bail bears its time")
    return Decided(row, bail.changed_by(row), papers.here(at))


def _order(
    record: Record, held: Record, decided: Decided, court: str, at: datetime
) -> CommitmentOrder | ReleaseOrder:
    made = _commitment_order if decided.committed else _release_order
    return made(record, held, decided, court, at)


def hearing_file(record: Record, held: Record, court: str, at: datetime) -> HearingFile:
    """The hearing's file: what was decided, on which papers, each held fast by its digest."""
    lines = hearing.lines(record)
    listed = instant(held.get("hearing_session"))
    return HearingFile(
        issue=papers.issue(record, HearingFile.kind, office=court, at=at),
        **_caption(record),
        hearing=Hearing(
            at=_held_at(held),
            magistrate=hearing.magistrate(held),
            site=hearing.SITE_WORDS.get(str(held.get("hearing_site")), "Not listed"),
            session=local(listed) if listed else "Not listed",
        ),
        probable_cause=bool(held["probable_cause"]),
        probable_cause_grounds=GROUNDS,
        guideline=lines.guideline,
        recommendation=f"{lines.recommendation}. {lines.why}".strip(),
        decision=lines.decision,
        conditions=bail.conditions(record),
        next_date=_next(held, court),
        papers=tuple(_relied_on(record, held)),
    )


def _release_order(record: Record, held: Record, decided: Decided, court: str, at: datetime) -> ReleaseOrder:
    """The order that the person be released."""
    site = hearing.SITE_WORDS.get(str(held.get("hearing_site")), "")
    return ReleaseOrder(
        issue=papers.issue(record, ReleaseOrder.kind, office=court, at=at),
        court=court,
        **_caption(record),
        held_at=site or "Where the person is held",
        bail=decided.words,
        conditions=bail.conditions(record, decided.bail),
        next_date=_next(held, court),
        ordered_by=decided.by,
        ordered_at=decided.at,
    )


def _commitment_order(
    record: Record, held: Record, decided: Decided, court: str, at: datetime
) -> CommitmentOrder:
    """The order that the person be held."""
    status = str(decided.bail["bail_status"]) if decided.bail else ""
    return CommitmentOrder(
        issue=papers.issue(record, CommitmentOrder.kind, office=court, at=at),
        court=court,
        **_caption(record),
        committed_to=settings.PRISON,
        bail=decided.words,
        grounds=_GROUNDS.get(status, "In default of bail."),
        conditions=bail.conditions(record, decided.bail),
        next_date=_next(held, court),
        ordered_by=decided.by,
        ordered_at=decided.at,
    )


def _caption(record: Record) -> dict[str, Any]:
    subject = papers.person(record)
    dockets = [str(row["docket_number"]) for row in hearing.filed(record) if row.get("docket_number")]
    return {
        "docket": dockets[0] if dockets else None,
        "otn": str(record.get("otn") or ""),
        "dc_number": str(record.get("dc_number") or ""),
        "name": subject.name,
        "born_on": subject.born_on,
    }


def _held_at(held: Record) -> datetime:
    at = instant(held["arraignment_at"])
    if at is None:
        raise ValueError("an arraignment bears its time")
    return papers.here(at)


def _next(held: Record, court: str) -> NextDate | None:
    if not held["next_date"]:
        return None
    what, _, rule = str(held["next_date_rule"]).partition(", ")
    zone = timezone.get_default_timezone()
    at = datetime.combine(datetime.fromisoformat(held["next_date"]).date(), settings.COURT_BEGINS_AT, zone)
    return NextDate(at=at, what=what.capitalize(), place=court, rule=rule)


def _relied_on(record: Record, held: Record) -> list[ReliedOn]:
    """The papers that were there when it was decided."""
    return [
        ReliedOn(
            kind=PAPER_KINDS[row["paper_kind"]].title,
            version=int(row["paper_version"]),
            digest=str(row["paper_digest"]),
            made_at=papers.here(made_at),
        )
        for row in record.get("paper", ())
        if (made_at := instant(row["paper_made_at"]))
        and str(row["paper_made_at"]) <= str(held["arraignment_at"])
        and row["paper_kind"] in PAPER_KINDS
    ]
