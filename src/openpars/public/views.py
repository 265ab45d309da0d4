"""The log over HTTP (c2sp.org/tlog-tiles): files that anyone may fetch, keep and check."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openpars.errors import FileMalformed
from openpars.translog import queries, signers
from openpars.translog.rules import tiles

_ABSENT = "The log has no such file (yet).\n"


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
    return _file(content, tiles.TILE_TYPE, "public, max-age=31536000, immutable")


@require_safe
def verifier_key(request: HttpRequest) -> HttpResponse:
    """The log's verifier keys, one a line, the newest first. Whoever relies on one should have it from elsewhere."""
    text = "".join(f"{key}\n" for key in signers.published_keys())
    return _file(text, tiles.CHECKPOINT_TYPE, "public, max-age=300") if text else _absent()


def _file(content: str | bytes, kind: str, caching: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": caching})


def _absent() -> HttpResponse:
    # A tile that is not there now may be there in a second: no cache may remember its absence.
    return HttpResponse(_ABSENT, tiles.CHECKPOINT_TYPE, status=404, headers={"Cache-Control": "no-store"})
