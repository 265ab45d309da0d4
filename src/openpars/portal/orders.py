"""From a record after its arraignment to the court's papers: the hearing's file, and the order that follows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from openpars.paper import KINDS as PAPER_KINDS
from openpars.paper import CommitmentOrder, Hearing, HearingFile, NextDate, Paper, ReleaseOrder, ReliedOn
from openpars.portal import hearing, papers
from openpars.portal.showing import instant, local
from openpars.records.rules.bail import Status

Record = Mapping[str, Any]

GROUNDS = "On the papers relied on, which are listed below by their digests."


def unprinted(record: Record, *, court: str, at: datetime) -> tuple[Paper, ...]:
    """The papers that the decision calls for and that are not printed yet: the order first, then the file."""
    held = hearing.arraigned(record)
    if held is None:
        return ()
    order = commitment_order if _committed(record) else release_order
    printed = {
        row["paper_kind"]
        for row in record.get("paper", ())
        if str(row["paper_made_at"]) >= str(held["arraignment_at"])
    }
    wanted = (order(record, held, court, at), hearing_file(record, held, court, at))
    return tuple(paper for paper in wanted if paper.kind not in printed)


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
        conditions=hearing.conditions(record),
        next_date=_next(held, court),
        papers=tuple(_relied_on(record, held)),
    )


def release_order(record: Record, held: Record, court: str, at: datetime) -> ReleaseOrder:
    """The order that the person be released."""
    site = hearing.SITE_WORDS.get(str(held.get("hearing_site")), "")
    return ReleaseOrder(
        issue=papers.issue(record, ReleaseOrder.kind, office=court, at=at),
        court=court,
        **_caption(record),
        held_at=site or "Where the person is held",
        bail=hearing.lines(record).decision,
        conditions=hearing.conditions(record),
        next_date=_next(held, court),
        ordered_by=hearing.magistrate(held),
        ordered_at=_held_at(held),
    )


def commitment_order(record: Record, held: Record, court: str, at: datetime) -> CommitmentOrder:
    """The order that the person be held."""
    denied = held["arraignment_result"] == "bail denied"
    return CommitmentOrder(
        issue=papers.issue(record, CommitmentOrder.kind, office=court, at=at),
        court=court,
        **_caption(record),
        committed_to=settings.PRISON,
        bail=hearing.lines(record).decision,
        grounds="Bail is denied." if denied else "In default of bail.",
        conditions=hearing.conditions(record),
        next_date=_next(held, court),
        ordered_by=hearing.magistrate(held),
        ordered_at=_held_at(held),
    )


def _committed(record: Record) -> bool:
    """Whether the decision itself committed the person, whatever was posted since."""
    bail = hearing.decided_bail(record)
    return bail is not None and bail["bail_status"] != Status.POSTED


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
