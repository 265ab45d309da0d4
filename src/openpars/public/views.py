"""The log over HTTP (c2sp.org/tlog-tiles): files that anyone may fetch, keep and check, and a page that says how."""

import gzip
import re
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openpars import clock
from openpars.errors import FileMalformed
from openpars.public import checker, picture
from openpars.translog import queries, signers
from openpars.translog.rules import tiles
from openpars.translog.rules.encoding import to_base64

_ABSENT = "The log has no such file (yet).\n"
_TAKES_GZIP = re.compile(r"(?:^|[ ,])gzip(?!;q=0(?:\.0*)?(?:[ ,]|$))")
POINTS = 24
"""How many moments the picture of the log's growth has; its table shows every fourth."""


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What the log is, how it stands, who vouches for it, and how to check it oneself."""
    now, latest, keys = clock.now(), queries.published(), signers.published_keys()
    growth = queries.growth(now, POINTS)
    context = {
        "latest": latest,
        "root": to_base64(latest.root) if latest else "",
        "age": ago(latest.signed_at, now) if latest else "",
        "waiting": queries.pending() + (queries.signed_size() - (latest.size if latest else 0)),
        "quorum": queries.witness_policy().describe(),
        "cosigners": queries.cosigners(latest.size) if latest else (),
        "halted": queries.halted(),
        "witnesses": [
            (one.witness.name, one.cosigned_at, ago(one.cosigned_at, now) if one.cosigned_at else "")
            for one in queries.witnesses()
        ],
        "picture": picture.draw(growth),
        "box": (picture.WIDTH, picture.HEIGHT),
        "outline": picture.OUTLINE,
        "growth": growth[::-4][::-1],
        "first": growth[0][0] if growth else None,
        "start": growth[0][1] if growth else 0,
        "keys": keys,
        "address": request.build_absolute_uri("/log"),
        "checker": checker.NAME,
        "digest": checker.sha256(checker.archive()),
        "wheel": checker.WHEEL,
    }
    response = render(request, "public/log.html", context)
    response["Cache-Control"] = "public, max-age=10"
    return response


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest published checkpoint: "mutable, so its headers SHOULD prevent caching beyond a few seconds"."""
    latest = queries.published()
    if latest is None:
        return _absent()
    return _file(latest.text, tiles.CHECKPOINT_TYPE, "public, max-age=2")


@require_safe
def tile(request: HttpRequest, name: str) -> HttpResponse:
    """A tile or an entry bundle: "immutable, so its caching headers SHOULD be long-lived"."""
    try:
        wanted = tiles.parse_path(name)
    except FileMalformed:
        return _absent()
    if wanted.level is None:
        content = queries.entries(wanted.number, wanted.width)
    else:
        content = queries.tile(wanted.level, wanted.number, wanted.width)
    if content is None:
        return _absent()
    answer = _file(content, tiles.TILE_TYPE, "public, max-age=31536000, immutable")
    # Entries shrink to a fraction, hashes not at all.
    return _packed(request, answer) if wanted.level is None else answer


@require_safe
def verifier_key(request: HttpRequest) -> HttpResponse:
    """The log's verifier keys, one a line, the newest first. Whoever relies on one should have it from elsewhere."""
    text = "".join(f"{key}\n" for key in signers.published_keys())
    return _file(text, tiles.CHECKPOINT_TYPE, "public, max-age=300") if text else _absent()


@require_safe
def witness_policy(request: HttpRequest) -> HttpResponse:
    """Who must have cosigned what is published (c2sp.org/tlog-policy), for `openpars-verify --policy`."""
    return _file(queries.policy_text(), tiles.CHECKPOINT_TYPE, "public, max-age=60")


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The verifier as one file, for whoever has Python."""
    return _file(checker.archive(), "application/zip", "public, max-age=300")


@require_safe
def wheel(request: HttpRequest) -> HttpResponse:
    """The verifier for whoever would rather install it."""
    return _file(checker.wheel(), "application/zip", "public, max-age=300")


def ago(at: datetime, now: datetime) -> str:
    """How long before `now` something was, in the one unit that says most.

    >>> ago(datetime(2026, 1, 1), datetime(2026, 1, 3, 5))
    '2 days ago'
    """
    passed = max(now - at, timedelta(0))
    for unit, size in (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        if passed >= size:
            count = passed // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return f"{passed.seconds} second{'' if passed.seconds == 1 else 's'} ago"


def _file(content: str | bytes, kind: str, caching: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": caching})


def _packed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer, packed where whoever asks can unpack it."""
    answer.headers["Vary"] = "Accept-Encoding"
    if _TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")):
        answer.content = gzip.compress(answer.content, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _absent() -> HttpResponse:
    # A tile that is not there now may be there in a second: no cache may remember its absence.
    return HttpResponse(_ABSENT, tiles.CHECKPOINT_TYPE, status=404, headers={"Cache-Control": "no-store"})
