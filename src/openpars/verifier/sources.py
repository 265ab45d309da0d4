"""Where what is to be verified comes from: files, folders, a log's address. All reads are bounded."""

import http.client
import urllib.error
import urllib.request
import zlib
from pathlib import Path

from openpars.errors import Fault, FileMalformed
from openpars.translog.rules.tiles import Fetch, Missing

TIMEOUT = 30
"""Seconds without an answer after which a server counts as gone."""


def read_file(path: Path, limit: int) -> bytes:
    """The content of a file of at most `limit` bytes. Raises FileMalformed where it is longer, unread."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError as error:
        raise Missing(f"{path}: there is no such file") from error
    except (OSError, ValueError) as error:
        raise Fault(f"{path}: cannot be read: {getattr(error, 'strerror', error)}") from error
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


def _fetch(url: str, limit: int) -> bytes:
    try:
        # "Clients SHOULD" ask for it: bundles shrink to a fraction.
        asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310
        with _opener().open(asked, timeout=TIMEOUT) as answer:
            content = _whole(answer, limit, url)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (404, 410):
            raise Missing(f"{url}: there is no such file") from error
        raise Fault(f"{url}: the server answered {error.code}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Fault(f"{url}: cannot be read: {reason}") from error
    return _bounded(content, limit, url)


def _whole(answer: http.client.HTTPResponse, limit: int, url: str) -> bytes:
    """The answer's content, unpacked where it is packed. One that ends early accuses the network, not the log."""
    content, coding = answer.read(limit + 1), answer.headers.get("Content-Encoding", "identity").lower()
    if len(content) <= limit and answer.length:
        raise Fault(f"{url}: cannot be read: it ended {answer.length:,} bytes early")
    if coding == "identity":
        return content
    if coding not in ("gzip", "x-gzip"):
        raise Fault(f"{url}: is sent packed in a way that was not asked for")
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacking.decompress(content, limit + 1)
    except zlib.error as error:
        raise Fault(f"{url}: cannot be unpacked: {error}") from error
    if len(unpacked) <= limit and not unpacking.eof:
        raise Fault(f"{url}: cannot be unpacked: it ends early")
    return unpacked


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
