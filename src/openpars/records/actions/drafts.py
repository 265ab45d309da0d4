"""What somebody at a desk has typed and not yet sent: kept sealed, given up, or gone with what was sent.

A draft about an arrest bears its id, and is erased with it. What cannot bear one (nobody was reported yet) has a short
life: `drop_forgotten`. Nobody but its author reads a draft, so no listener is told of one.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import F

from openpars.errors import BadInput, Conflict, NotFound
from openpars.records import wall
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, person
from openpars.records.models import Arrest, Draft

LIMIT = 200_000
"""Most bytes of a draft."""

LIFE = timedelta(days=30)
"""How long a draft is kept after it was last touched."""

ELSEWHERE = "this draft was changed in another window since you saw it"
GONE = "this draft is gone: it was sent, or dropped, in another window"


def keep_draft(
    *,
    draft: UUID | None,
    kind: str,
    content: Mapping[str, object],
    seen: int | None = None,
    arrest: UUID | None = None,
    by: UUID | str,
    at: datetime,
) -> tuple[UUID, int]:
    """Keep what was typed, as a new draft or in place of version `seen` of the author's own; answers its id and
    version. Raises Conflict where another window kept something since: that is what then stands, and nothing is lost,
    for the caller still has its own. Raises NotFound where the `arrest` that it is about is not there: what an order
    has erased does not come back as a draft."""
    text = json.dumps(content, ensure_ascii=False)
    if len(text.encode("utf-8", "replace")) > LIMIT:
        raise BadInput.one("draft", f"must be at most {LIMIT:,} bytes")
    row = draft or uuid4()
    try:
        sealed = wall.seal(text, relation="draft", row=row, column="content_sealed")
    except UnicodeEncodeError:
        raise BadInput.one("draft", "holds half a character: type it again") from None
    with traced("keep_draft", by, at, "draft", tells=False):
        if arrest is not None and not Arrest.objects.filter(pk=arrest).exists():
            raise NotFound("no such arrest")
        if draft is None:
            insert(Draft, [_row(row, by, kind, arrest, sealed, at)])
            return row, 1
        own = Draft.objects.filter(pk=draft, author_id=person(by))
        if not own.filter(version=seen or 0).update(
            content_sealed=sealed, arrest_id=arrest, version=F("version") + 1, kept_at=at
        ):
            raise Conflict(ELSEWHERE if own.exists() else GONE)
    return draft, (seen or 0) + 1


def drop_draft(*, draft: UUID, seen: int | None = None, by: UUID | str, at: datetime) -> None:
    """Give up a draft of one's own. Raises NotFound; Conflict where it is not the version that was `seen`."""
    with traced("drop_draft", by, at, "draft", tells=False):
        if seen is not None:
            drop_sent((draft, seen), by)
        elif not Draft.objects.filter(pk=draft, author_id=person(by)).delete()[0]:
            raise NotFound("no such draft of yours")


def drop_forgotten(*, at: datetime) -> int:
    """Destroy the drafts that nobody has touched for `LIFE`; answers how many. The keeper's, who runs as the owner."""
    forgotten = Draft.objects.filter(kept_at__lt=at - LIFE)
    if not forgotten.exists():
        return 0
    with traced("drop_draft", "keeper", at, "draft", tells=False):
        return forgotten.delete()[0]


def drop_sent(draft: tuple[UUID, int], by: UUID | str) -> None:
    """Within the verb that sends it: the draft goes as it was seen, or Conflict and nothing is sent."""
    own = Draft.objects.filter(pk=draft[0], author_id=person(by))
    if not own.filter(version=draft[1]).delete()[0]:
        raise Conflict(ELSEWHERE if own.exists() else GONE)


def _row(
    row: UUID, by: UUID | str, kind: str, arrest: UUID | None, sealed: bytes, at: datetime
) -> dict[str, object]:
    return {
        "id": row,
        "author_id": person(by),
        "kind": kind,
        "arrest_id": arrest,
        "content_sealed": sealed,
        "version": 1,
        "kept_at": at,
    }
