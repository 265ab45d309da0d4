"""What a stream of events says, and what it makes good."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from openpars.agencies.queries import AgencyView, UserView
from openpars.config import events
from openpars.config.events import Changes

ONE, OTHER = "0b8f3f6e-0000-4000-8000-000000000001", "0b8f3f6e-0000-4000-8000-000000000002"


def heard(*arrests: str) -> Changes:
    changes = Changes()
    for arrest in arrests:
        asyncio.run(changes.heard(arrest))
    return changes


def test_what_changed_since_a_place_is_each_arrest_once() -> None:
    changes = heard(ONE, OTHER, ONE)
    assert changes.since(0) == f"{ONE},{OTHER}"
    assert changes.since(2) == ONE
    assert changes.since(changes.count_at(changes.place)) == ""


def test_a_change_of_it_is_not_known_what_asks_for_everything() -> None:
    assert heard(ONE, "").since(0) == ""


def test_what_is_not_kept_was_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEPT", 2)
    changes = heard(ONE, OTHER, ONE)
    assert changes.since(0) is None
    assert changes.since(1) == f"{OTHER},{ONE}"
    assert changes.count_before(1) == -1


@pytest.mark.parametrize("place", ["", "x", "1-1-0", "1-1-x", "99"])
def test_a_place_of_another_process_is_no_place(place: str) -> None:
    changes = heard(ONE)
    assert changes.count_at(place) == -1
    assert changes.since(-1) is None


def test_what_changed_while_a_page_was_on_its_way_is_said() -> None:
    changes = heard()
    changes._began -= 100
    asyncio.run(changes.heard(ONE))
    assert changes.since(changes.count_before(5)) == ONE
    assert changes.count_before(1000) == -1, "before this process began"


@pytest.mark.parametrize(
    ("query", "seconds"), [(b"within=3", 3), (b"", 0), (b"within=-1", 0), (b"within=99999", 600)]
)
def test_the_seconds_of_a_stream_are_a_number(query: bytes, seconds: float) -> None:
    assert events._within({"query_string": query}) == seconds


def test_an_event_is_a_pointer() -> None:
    assert events._event("changed", "b-1", ONE) == f"id: b-1\nevent: changed\ndata: {ONE}\n\n".encode()


def listener(office: str) -> UserView:
    agency = AgencyView("ZZ0010000", "An office of a test", "owner", office)
    day = date(2027, 1, 1)
    return UserView(UUID(ONE), "somebody", "Somebody of a test", "a role", agency, day, day, True)


@pytest.mark.parametrize(
    ("office", "arrests", "own", "said"),
    [
        ("police", f"{ONE},{OTHER}", [], ("changed", f"{ONE},{OTHER}")),
        ("defender", f"{ONE},{OTHER}", [UUID(OTHER)], ("changed", OTHER)),
        ("defender", ONE, [], ("still-here", "")),
        ("defender", "", [], ("changed", "")),
        ("defender", None, [], ("missed", "")),
        ("defender", ONE, Exception, ("missed", "")),
    ],
)
def test_a_defender_hears_of_own_clients_alone(
    monkeypatch: pytest.MonkeyPatch, office: str, arrests: str | None, own: object, said: tuple[str, str]
) -> None:
    def among(asked: list[UUID], *, counsel: UUID) -> object:
        if own is Exception:
            raise Exception("the database is away")
        return own

    monkeypatch.setattr(events.deskwork, "clients_among", among)
    monkeypatch.setattr(events, "close_old_connections", lambda: None)
    told = asyncio.run(events._changed(listener(office), arrests, "b-1"))
    assert told == events._event(said[0], "b-1", said[1])
