"""The booking desk over HTTP, as its page drives it: who is typed is looked for among those on file, the draft is kept
as it grows, and then it is sent."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

COOKIE = "c" * 32
"""What a browser would have been given against forged forms."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many milliseconds."""

    status: int
    location: str
    body: bytes
    took: float


@dataclass(frozen=True)
class Booked:
    """An arrest that was sent: its id, when the page that sent it was posted, and how long each answer took."""

    arrest: str
    posted_at: float
    took: dict[str, list[float]]


@dataclass
class Desk:
    """An officer's browser: a session, and one connection that it keeps open."""

    site: str
    key: str
    took: dict[str, list[float]] = field(default_factory=dict)
    _streams: "tuple[asyncio.StreamReader, asyncio.StreamWriter] | None" = None

    async def get(self, path: str, what: str) -> Answer:
        """Open a page."""
        return await self._asked(f"GET {path} HTTP/1.1\r\n", b"", what)

    async def post(self, path: str, fields: "dict[str, str | list[str]]", what: str) -> Answer:
        """Post a form."""
        body = urlencode({**fields, "csrfmiddlewaretoken": COOKIE}, doseq=True).encode()
        head = f"POST {path} HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        return await self._asked(head, body, what)

    async def book(self, fields: "dict[str, str | list[str]]") -> Booked:
        """Type an arrest: keep the draft twice, look whether the person is known, and send, with one look more; where
        people are offered, it is somebody else."""
        whom = "|".join(str(fields[name]) for name in ("surname", "given_name", "birth_date")).casefold()
        fields = {**fields, "draft_kind": "arrest"}
        for _ in range(2):
            kept = json.loads((await self.post("/drafts/", fields, "draft")).body)
            fields |= {"draft": kept["draft"], "draft_seen": str(kept["version"])}
        await self.post("/booking/known/", fields, "known")
        posted_at = time.perf_counter()
        answer = await self.post("/booking/new/", {**fields, "wish": "send"}, "send")
        if answer.status == 422 and b"known_other" in answer.body:
            posted_at = time.perf_counter()
            another = {"known": "other", "known_for": whom, "wish": "send"}
            answer = await self.post("/booking/new/", {**fields, **another}, "send")
        if answer.status != 302:
            raise RuntimeError(f"the booking desk was answered {answer.status}")
        return Booked(answer.location.split("/")[-3], posted_at, self.took)

    async def _asked(self, head: str, body: bytes, what: str) -> Answer:
        where = urlsplit(self.site)
        if self._streams is None:
            self._streams = await asyncio.open_connection(where.hostname, where.port)
        reader, writer = self._streams
        cookies = f"sessionid={self.key}; csrftoken={COOKIE}"
        begun = time.perf_counter()
        writer.write(f"{head}Host: {where.netloc}\r\nCookie: {cookies}\r\n\r\n".encode() + body)
        status, headers, answered = await received(reader)
        took = (time.perf_counter() - begun) * 1000
        self.took.setdefault(what, []).append(took)
        return Answer(status, headers.get("location", ""), answered, took)

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()


async def received(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """One answer: its status, its headers in small letters, its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    return int(head[0].split(" ")[1]), headers, await reader.readexactly(int(headers["content-length"]))


def typed(rng: random.Random) -> "dict[str, str | list[str]]":
    """What an officer types for an arrest of somebody invented, an hour ago."""
    from openpars import clock
    from openpars.portal import booking
    from openpars.records.rules.statutes import CATALOGUE
    from openpars.synthetic.names import fictional_person

    at = clock.now() - timedelta(hours=1)
    somebody = fictional_person(f"booking {rng.random()}", rng.randrange(18, 70), at.date())
    assert somebody.birth_date is not None
    return {
        "dc_number": f"31-24-{rng.randrange(10**6):06}",
        "occurred_at": booking.stamp(at - timedelta(minutes=20)),
        "incident_location": "1 Invented Street",
        "surname": somebody.surname,
        "given_name": somebody.given_name,
        "birth_date": f"{somebody.birth_date:%m/%d/%Y}",
        "sex": somebody.sex,
        "arrested_at": booking.stamp(at),
        "category": "O",
        "officers": "Falk 2211",
        "narrative": "Seen leaving. Stopped.",
        "charge_statute": [str(CATALOGUE[0].statute).replace(" § ", " ", 1), ""],
        "charge_description": ["", ""],
        "charge_grade": ["F1", ""],
        "charge_count": ["1", "1"],
    }
