"""Where what is to be verified comes from: files, folders, a log's address. All reads are bounded."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from openpars.errors import Fault, FileMalformed
from openpars.translog.rules import merkle, tiles

LONGEST_BUNDLE = tiles.WIDTH * (2 + tiles.LONGEST_ENTRY)
TIMEOUT = 30
"""Seconds without an answer after which a server counts as gone."""

Fetch = Callable[[str, int], bytes]
"""Reads a path below a log's prefix, of at most so many bytes. Raises Missing, Fault or FileMalformed."""


class Missing(Fault):
    """There is no such file."""


def read_file(path: Path, limit: int) -> bytes:
    """The content of a file of at most `limit` bytes. Raises FileMalformed where it is longer, unread."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError as error:
        raise Missing(f"{path}: there is no such file") from error
    except OSError as error:
        raise Fault(f"{path}: cannot be read: {error.strerror}") from error
    return _bounded(content, limit, path.name)


def is_address(place: str) -> bool:
    """Whether `place` is an http(s) address rather than a folder."""
    return place.lower().startswith(("http://", "https://"))


def of_log(place: str) -> Fetch:
    """The reader of the log at `place`: an http(s) address (its prefix) or a folder of exported files."""
    if is_address(place):
        return lambda path, limit: _fetch(f"{place.rstrip('/')}/{path}", limit)
    if not Path(place).is_dir():
        raise Missing(f"{place}: is neither a folder nor an http(s) address")
    return lambda path, limit: read_file(Path(place) / path, limit)


def tile(fetch: Fetch, name: tiles.Name) -> bytes:
    """A tile's hashes, as many as the file has that is named for them."""
    found, data = _read(fetch, name, tiles.WIDTH * merkle.HASH_SIZE)
    return data if found == name else data[: name.width * merkle.HASH_SIZE]


def bundle(fetch: Fetch, name: tiles.Name) -> list[bytes]:
    """A bundle's entries."""
    found, data = _read(fetch, name, LONGEST_BUNDLE)
    try:
        return tiles.unbundle(data, found.width)[: name.width]
    except FileMalformed as error:
        raise FileMalformed.one(found.path, error.problems[0].what) from error


def _read(fetch: Fetch, name: tiles.Name, limit: int) -> tuple[tiles.Name, bytes]:
    """The file of that name; the full tile in place of a partial one that is not there (any more): "MAY fetch the full
    tile as a fallback"."""
    try:
        return name, fetch(name.path, limit)
    except Missing:
        if name.width == tiles.WIDTH:
            raise
        full = tiles.Name(name.level, name.number)
        return full, fetch(full.path, limit)


def _fetch(url: str, limit: int) -> bytes:
    try:
        with _opener().open(url, timeout=TIMEOUT) as answer:
            content = answer.read(limit + 1)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (404, 410):
            raise Missing(f"{url}: there is no such file") from error
        raise Fault(f"{url}: the server answered {error.code}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Fault(f"{url}: cannot be read: {reason}") from error
    return _bounded(content, limit, url)


def _opener() -> urllib.request.OpenerDirector:
    # urllib's own opener would follow a redirect to ftp, and open files: a log is read over HTTP only.
    opener = urllib.request.OpenerDirector()
    for kind in ("Proxy", "HTTP", "HTTPS", "HTTPRedirect", "HTTPDefaultError", "Unknown"):
        opener.add_handler(getattr(urllib.request, f"{kind}Handler")())
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    return opener


def _bounded(content: bytes, limit: int, name: str) -> bytes:
    if len(content) > limit:
        raise FileMalformed.one(name, f"is longer than {limit:,} bytes")
    return content
