"""What the public says of a proposal while it is open to it. The owners read every comment before they vote.

A comment is public once the solicitor has read it, who answers it or not; what names somebody is not published, and the
reason is. How many came, and what became of each, is public from the first moment, and the log's entries say the same.
"""

import ipaddress
import json
import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from openpars.agreements import guarded, proposals
from openpars.agreements.models import Comment
from openpars.agreements.rules import grounds
from openpars.agreements.rules.lifecycle import Stage
from openpars.errors import BadInput, Conflict, LogBroken, NotFound, Problem
from openpars.translog.rules.commitment import SALT_SIZE, commit, opens

LONGEST, LONGEST_NAME = 4000, 80
"""Characters of a comment, and of the name that its writer may give."""


@dataclass(frozen=True)
class CommentView:
    """One comment, with what the city says of it. `published` is None until it was read."""

    id: UUID
    proposal: UUID
    name: str
    words: str
    at: datetime
    published: bool | None
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Count:
    """How many comments came, and what became of them."""

    received: int
    published: int
    kept_back: int

    @property
    def unread(self) -> int:
        """How many wait to be read by the solicitor."""
        return self.received - self.published - self.kept_back


def hand_in(*, proposal: UUID, words: str, name: str = "", source: str, at: datetime) -> UUID:
    """A comment of anybody; `source` is the network address that it comes from, which is soon forgotten. Answers its
    reference.

    Raises BadInput at `words` or `name`; Conflict where the time for comments is over, or too many came."""
    said, writer = _tidied(words), " ".join(_visible(name).split())
    problems = [
        Problem(where, what)
        for where, wrong, what in (
            ("words", not said, "say something first"),
            ("words", len(said) > LONGEST, f"must be at most {LONGEST:,} characters; it has {len(said):,}"),
            ("words", not _is_plain(said), "must be plain text"),
            ("name", len(writer) > LONGEST_NAME, f"must be at most {LONGEST_NAME} characters"),
            ("name", not _is_plain(writer), "must be plain text"),
        )
        if wrong
    ]
    if problems:
        raise BadInput(problems)
    if proposals.proposal(proposal, at=at).stage(at) is not Stage.CONSULTATION:
        raise Conflict("The time for comments is over.")
    which, salt = uuid4(), secrets.token_bytes(SALT_SIZE)
    hidden = commit("comment", {"name": writer, "words": said}, salt)
    with guarded.refusing(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT guard.comment(%s, %s, %s, %s, %s, %s, %s::inet)",
            [which, proposal, writer, said, salt, hidden, _address(source)],
        )
    return which


def answer_comment(*, comment: UUID, publish: bool, answer: str, by: UUID, at: datetime) -> None:
    """Publish a comment, with an answer or without; or say why it is not published. Once.

    Raises BadInput at `answer`, Conflict, NotFound, NotEmpowered."""
    said = grounds.stated(answer, where="answer") if answer.strip() or not publish else ""
    guarded.call("guard.answer_comment(%s, %s, %s, %s)", [comment, publish, said, by])


def check() -> Iterator[UUID]:
    """Hold every comment against its entry in the log; yields each that agrees. As the owner.

    Raises LogBroken, naming the comment, where one was changed, has no entry, or is gone while its entry stands."""
    held = {str(row.id): row for row in Comment.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES)
        leaves = [bytes(row[0]) for row in cursor.fetchall()]
    for leaf in leaves:
        entry = json.loads(leaf)
        row = held.pop(str(entry["comment"]), None)
        if row is None:
            raise LogBroken(
                f"comment {entry['comment']}: it has an entry, and the database no longer holds it"
            )
        said = {"name": row.name, "words": row.words}
        if entry["proposal"] != str(row.proposal_id) or not opens(
            entry["words"], "comment", said, bytes(row.salt)
        ):
            raise LogBroken(f"comment {row.id}: its row is not what its entry commits to")
        yield row.id
    for left in held:
        raise LogBroken(f"comment {left}: it has no entry in the log")


_ENTRIES = """
SELECT leaf::bytea FROM translog_entry WHERE position('"type":"openpars.comment/1"'::bytea in leaf) > 0
UNION SELECT leaf::bytea FROM translog_pending WHERE position('"type":"openpars.comment/1"'::bytea in leaf::bytea) > 0
"""
"""In the tree, or waiting for it."""


def forget_sources() -> None:
    """Forget from which network addresses comments came, an hour after they did. As the owner."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM guard.comment_source WHERE at < clock_timestamp() - interval '1 hour'")


def of(proposal: UUID) -> tuple[CommentView, ...]:
    """Every comment on a proposal, oldest first: for the owners, and for whoever answers."""
    return tuple(map(_view, Comment.objects.filter(proposal_id=proposal).order_by("at", "id")))


def published(proposal: UUID) -> tuple[CommentView, ...]:
    """What everyone may read: the comments that are published, oldest first."""
    return tuple(one for one in of(proposal) if one.published)


def kept_back(proposal: UUID) -> tuple[tuple[datetime, str], ...]:
    """When the comments came that are not published, and why they are not: never what they say."""
    return tuple((one.at, one.answer) for one in of(proposal) if one.published is False)


def count(proposal: UUID) -> Count:
    """How many came, and what became of them."""
    said = list(Comment.objects.filter(proposal_id=proposal).values_list("published", flat=True))
    return Count(len(said), said.count(True), said.count(False))


def unread() -> dict[UUID, int]:
    """Proposal -> how many comments on it wait to be read by the solicitor."""
    found: dict[UUID, int] = {}
    for proposal in Comment.objects.filter(answered_at=None).values_list("proposal_id", flat=True):
        found[proposal] = found.get(proposal, 0) + 1
    return found


def received(comment: UUID) -> CommentView:
    """One comment, for whoever knows its reference. Raises NotFound."""
    row = Comment.objects.filter(pk=comment).first()
    if row is None:
        raise NotFound("There is no such comment.")
    return _view(row)


def _tidied(words: str) -> str:
    """The words without what a browser adds: single line ends, no more than one empty line, no space at an end."""
    text = _visible(words).replace("\r\n", "\n").replace("\r", "\n")
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _address(source: str) -> str:
    """The network address; whoever comes from none that can be read shares one."""
    try:
        return str(ipaddress.ip_address(source))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - nothing listens there: it stands for nobody's address


_JOINERS = "\u200c\u200d"
"""Unseen, but letters of some scripts need them."""


def _visible(words: str) -> str:
    """The words without marks that are not seen and could turn the text around them."""
    return "".join(one for one in words if one in _JOINERS or unicodedata.category(one) != "Cf")


def _is_plain(words: str) -> bool:
    return all(one.isprintable() or one in _JOINERS or one == "\n" for one in words)


def _view(row: Comment) -> CommentView:
    return CommentView(
        row.id, row.proposal_id, row.name, row.words, row.at, row.published, row.answer, row.answered_at
    )
