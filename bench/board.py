"""Save-and-send to visible on other boards: 50 boards open on the served site while arrests are reported.

    python -m bench.board

The site is served as `openpars serve` serves it, in processes of its own. Each board is an HTTP client with a session
of its own that does what the page's script does: it holds the stream of events open, and fetches the rows of the
arrests that an event names, one look at a time. The desks are such clients too (bench.booking). Measured is, for each
arrest and each board, from the POST of the page that saves and sends, with its search for people on file, until the row
is in the board's hands; and how long each page of the desk takes to answer while all boards are open. At 200 arrests a
day hardly two fall into one minute: they are reported one by one here; then a burst of ten, without a pause.
"""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import quantiles
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from bench import booking, database
from bench.report import Row, show

BOARDS, DESKS, ARRESTS, BURST, HELD = 50, 10, 100, 10, 65
SEED = 41
ANSWERS = {
    "page": "booking page, empty",
    "draft": "draft kept",
    "known": "known people looked for",
    "send": "save and send",
}
"""What a desk asks, in words."""
APART = 0.5
"""Seconds between two arrests that are reported one by one."""
PATIENCE = 60.0
ON_FILE = 50_000
"""People on file, among whom somebody known is looked for; `make bench` has a million."""


@dataclass
class Reader:
    """One open board: its session, and when it had the row of each arrest."""

    key: str
    had: dict[str, float] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, site: str, ready: "asyncio.Semaphore") -> None:
        """Hold the stream of events open, and note what changed."""
        where = urlsplit(site)
        reader, writer = await asyncio.open_connection(where.hostname, (where.port or 80) + 1)
        with closing(writer):
            writer.write(_get("/events", where.netloc, self.key))
            await reader.readuntil(b"event: ")
            ready.release()
            async for line in reader:
                if line.startswith(b"data: ") and len(line) > 10:
                    self.waiting.update(line[6:].decode().strip().split(","))
                    self.woken.set()

    async def fetch(self, site: str) -> None:
        """Fetch the rows of what changed, over one connection, one look at a time."""
        where = urlsplit(site)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        with closing(writer):
            while True:
                await self.woken.wait()
                self.woken.clear()
                wanted, self.waiting = self.waiting, set()
                writer.write(_get(f"/board/rows/?only={','.join(wanted)}", where.netloc, self.key))
                status, _, page = await booking.received(reader)
                if status != 200:
                    raise RuntimeError(f"a board was answered {status}")
                now = time.perf_counter()
                self.had.update({arrest: now for arrest in wanted if f"a-{arrest}".encode() in page})


def _get(path: str, host: str, key: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: sessionid={key}\r\nX-Fetched-By-Page: 1\r\n\r\n"
    ).encode()


def run() -> list[Row]:
    """Measure on the database that Django is set up for."""
    keys = [_session(officer) for officer in _city()]
    with _served() as site:
        return asyncio.run(_measure(site, keys))


async def _measure(site: str, keys: list[str]) -> list[Row]:
    boards, ready = [Reader(key) for key in keys], asyncio.Semaphore(0)
    tasks = [asyncio.create_task(part) for b in boards for part in (b.listen(site, ready), b.fetch(site))]
    for _ in boards:
        await asyncio.wait_for(ready.acquire(), PATIENCE)
    desks = [booking.Desk(site, key) for key in keys[:DESKS]]
    rng = random.Random(SEED)
    for desk in desks:
        await _reported(boards, [desk], rng)  # connections opened, statements prepared
        desk.took.clear()
    begun = time.perf_counter()
    alone: list[float] = []
    for turn in range(ARRESTS):
        desk = desks[turn % DESKS]
        await desk.get("/booking/new/", "page")
        alone += await _reported(boards, [desk], rng)
        await asyncio.sleep(APART)
    lasted = time.perf_counter() - begun
    took = {what: [each for desk in desks for each in desk.took[what]] for what in ANSWERS}
    burst = await _reported(boards, [desks[turn % DESKS] for turn in range(BURST)], rng)
    for task in tasks:
        task.cancel()
    for desk in desks:
        desk.close()
    await asyncio.gather(*tasks, return_exceptions=True)
    what = f"{ARRESTS} arrests, {BOARDS} boards, {HELD} held, {lasted:.0f} s"
    return [
        Row(f"one by one, p50 ({what})", _percentile(alone, 50), "ms"),
        Row("one by one, p99", _percentile(alone, 99), "ms", at_most=500),
        Row(f"a burst of {BURST}, p50", _percentile(burst, 50), "ms"),
        Row(f"a burst of {BURST}, p99", _percentile(burst, 99), "ms"),
        *(
            Row(f"{words}, p95 of {len(took[each])}", _percentile(took[each], 95), "ms", at_most=100)
            for each, words in ANSWERS.items()
        ),
    ]


async def _reported(boards: list[Reader], desks: list[booking.Desk], rng: random.Random) -> list[float]:
    """Milliseconds from the sending of an arrest at each of `desks` to each board."""
    sent = [await desk.book(booking.typed(rng)) for desk in desks]
    until = time.perf_counter() + PATIENCE
    while any(one.arrest not in board.had for board in boards for one in sent):
        if time.perf_counter() > until:
            raise RuntimeError("a board never had the row of an arrest")
        await asyncio.sleep(0.01)
    return [(board.had[one.arrest] - one.posted_at) * 1000 for board in boards for one in sent]


def _percentile(figures: list[float], which: int) -> float:
    return quantiles(figures, n=100, method="inclusive")[which - 1]


def _city() -> list[UUID]:
    """The charter in force, an officer for each board, and people who are held."""
    from openpars import clock
    from openpars.agencies import actions as agencies
    from openpars.cli import practice
    from openpars.cli.demo_verbs import EXAMPLES
    from openpars.synthetic import staff

    at = clock.now()
    staff.enroll(password=uuid4().hex, by="bench", at=at)
    practice.enforce_today(EXAMPLES / "charter.toml", at=at)
    until = at.date() + timedelta(days=365)
    officers = [
        agencies.enroll_user(
            username=f"board-{number:03}", display_name="Nobody", agency_ori=staff.POLICE, role="officer",
            screened_until=until, trained_until=until, by="bench", at=at,
        )
        for number in range(BOARDS)
    ]  # fmt: skip
    for number in range(HELD):
        _report(officers[number % BOARDS])
    return officers


def officer() -> UUID:
    """An officer of the run."""
    from openpars.agencies import queries

    return queries.user_named("board-000").id


def _report(officer: UUID) -> UUID:
    """Report an arrest of an invented person, and send it."""
    from openpars import clock
    from openpars.records import actions
    from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts

    at = clock.now()
    return actions.report_arrest(
        person=PersonFacts("Odalys", "Quimby", birth_date=date(1988, 4, 17), invented=True),
        incident=IncidentFacts(
            occurred_at=at, district="24", agency_ori="ZZ0010000", location="1 Invented Street"
        ),
        arrest=ArrestFacts(
            at, agency_ori="ZZ0010000", district="24", category="O", location="1 Invented Street"
        ),
        recommended=[ChargeFacts("18 § 2701", "Simple assault", "M2")],
        send=True,
        by=officer,
        at=at,
    ).arrest


def _session(user: UUID) -> str:
    """A session as a log-in leaves it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from openpars import clock
    from openpars.agencies.models import User
    from openpars.portal.sessions import OPENED, SEEN

    store = SessionStore()
    store[SESSION_KEY] = str(user)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    store[HASH_SESSION_KEY] = User.objects.get(pk=user).get_session_auth_hash()
    store[OPENED] = store[SEEN] = clock.now().timestamp()
    store.create()
    return str(store.session_key)


@contextmanager
def _served() -> Iterator[str]:
    """The site's address, served as a city serves it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        "from openpars.cli import main; main()",
        "serve",
        "--json",
        "--port",
        str(port),
    ]
    environment = {
        name: value for name, value in os.environ.items() if name != "OPENPARS_GATEWAY_CONNECTIONS"
    }
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    try:
        yield json.loads(serving.stdout.readline())["site"].rstrip("/")
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.wait(30)
        serving.stdout.close()


TITLE = f"Board: from save-and-send to the row on each of {BOARDS} open boards"


def main() -> None:
    """Measure on a small database of its own."""
    with database.own("board"):
        import django

        django.setup()
        from django.db import connection

        from openpars import clock
        from openpars.disclosure import gateway
        from openpars.engine import prepare
        from openpars.records import actions
        from openpars.synthetic.bulk import bulk

        prepare.migrate()
        for batch in bulk(people=ON_FILE, arrests=ON_FILE // 2, seed=SEED, size=10_000):
            actions.load(batch=batch, by="bench", at=clock.now())
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        show(TITLE, run())
        gateway.close()


if __name__ == "__main__":
    main()
