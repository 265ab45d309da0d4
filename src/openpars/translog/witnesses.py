"""Asking witnesses to cosign a checkpoint (c2sp.org/tlog-witness), all at once and never for long."""

import email.utils
import http.client
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from openpars.errors import Fault
from openpars.translog.rules import witness

PATIENCE = 10.0
"""Seconds that a witness is given, from the first byte asked to the last one answered."""
LONGEST_ANSWER = 1 << 16
_CHUNK = 4096


@dataclass(frozen=True)
class Ask:
    """What one witness is asked, at its submission prefix `url` and by our clock at `at`."""

    url: str
    request: witness.Request
    at: datetime


@dataclass(frozen=True)
class Answer:
    """What a witness answered: its lines (200), the size that it has cosigned (409), or why not, in words. `status` is
    that of HTTP, 0 where it did not answer."""

    lines: bytes = b""
    cosigned: int | None = None
    problem: str = ""
    status: int = 0


def ask_all(asks: Mapping[str, Ask], seconds: float = PATIENCE) -> dict[str, Answer]:
    """Ask each witness, all at the same time; after `seconds` whoever has not answered has not."""
    answers: dict[str, Answer] = {}

    def one(name: str, ask: Ask) -> None:
        answers[name] = _ask(ask, seconds)

    # Daemons: one that hangs in a name server must not keep a process from ending.
    threads = [threading.Thread(target=one, args=item, daemon=True) for item in asks.items()]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    late = Answer(problem=f"did not answer within {seconds:g} s")
    return {name: answers.get(name, late) for name in asks}


def _ask(ask: Ask, seconds: float) -> Answer:
    body = str(ask.request).encode()
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Date": email.utils.format_datetime(ask.at.astimezone(UTC), usegmt=True),
    }
    try:
        request = urllib.request.Request(f"{ask.url.rstrip('/')}/add-checkpoint", body, headers)  # noqa: S310
        with _opener().open(request, timeout=seconds) as response:
            return Answer(lines=_read(response, seconds), status=response.status)
    except urllib.error.HTTPError as error:
        with error:
            return _refused(error.code, error.headers.get("Content-Type", ""), error, seconds)
    except (OSError, ValueError, http.client.HTTPException, Fault) as error:
        return Answer(problem=f"cannot be asked: {getattr(error, 'reason', None) or error}")


def _refused(status: int, kind: str, response: urllib.error.HTTPError, seconds: float) -> Answer:
    try:
        words = _read(response, seconds)[:200].decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException, Fault):
        words = ""
    if status == 409 and kind == witness.SIZE and words.isascii() and words.isdecimal() and len(words) < 20:
        return Answer(cosigned=int(words), status=status)
    printable = "".join(letter for letter in words if letter.isprintable())
    return Answer(problem=f"refused ({status}): {printable}", status=status)


def _read(response: http.client.HTTPResponse | urllib.error.HTTPError, seconds: float) -> bytes:
    """The whole answer, of bounded length and within bounded time, however slowly it drips."""
    until, content = time.monotonic() + seconds, b""
    while chunk := response.read1(_CHUNK):
        content += chunk
        if len(content) > LONGEST_ANSWER or time.monotonic() > until:
            raise Fault("answered too much or too slowly")
    return content


def _opener() -> urllib.request.OpenerDirector:
    # urllib's own opener would follow redirects with the body lost, and open files.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener
