"""`openpars demo` on a city in which a visitor has done something since: it says what, and ends well."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agreements import actions as agreements
from openpars.cli import demo_verbs, practice
from openpars.cli.practice import Practice
from openpars.disclosure.rules.request import Asker
from tests.integration.disclosure.city import City, agreement, enforce, outsider, permit


@pytest.fixture
def visited(city: City, monkeypatch: pytest.MonkeyPatch) -> tuple[Practice, Asker, int]:
    """An agency that may ask once a day about somebody, as the demonstration would; its agreement's number."""
    asker, whom = outsider(), city.arrest()
    text = agreement(asker.agency_ori, permit(requests_per_person_per_day=1))
    monkeypatch.setattr(demo_verbs, "AGREEMENT", text.identifier)
    monkeypatch.setattr(practice, "detective", lambda: asker)
    known = Practice("", "", "Quimby, Odalys", "1988-04-17", whom.arrest.otn, 1, 0, 0)
    return known, asker, enforce(text)


def suspended(asker: Asker, number: int) -> None:
    agreements.suspend(number=number, grounds="A visitor.", by="test", at=clock.now())


def terminated(asker: Asker, number: int) -> None:
    agreements.terminate(number=number, grounds="A visitor.", by="test", at=clock.now())


def used_up(asker: Asker, number: int) -> None:
    demo_verbs._Shown(Console(quiet=True), Practice("", "", "No, Body", "1990-01-01", "", 1, 0, 0))._ask()


def out_of_post(asker: Asker, number: int) -> None:
    agencies.suspend_user(user=asker.user_id, by="test", at=clock.now())


@pytest.mark.parametrize(
    ("done", "says"),
    [
        (suspended, "openpars agreement resume"),
        (terminated, "Its agreement is terminated"),
        (used_up, "used up the day's requests"),
        (out_of_post, "no standing"),
    ],
)
def test_what_a_visitor_ended_stays_ended_and_is_said(
    visited: tuple[Practice, Asker, int], done: Callable[[Asker, int], None], says: str
) -> None:
    known, asker, number = visited
    done(asker, number)
    written = io.StringIO()
    told = demo_verbs._Shown(Console(file=written, width=200), known).everything()
    assert told == [{"step": "ask", "outcome": "refused"}]
    assert says in written.getvalue()
    assert "in a new city" in written.getvalue()


def test_somebody_who_is_no_longer_found_ends_the_path_well(visited: tuple[Practice, Asker, int]) -> None:
    known, _, _ = visited
    written = io.StringIO()
    shown = demo_verbs._Shown(Console(file=written, width=200), replace(known, name="Gone, Long"))
    assert shown.everything() == [{"step": "ask", "outcome": "answered"}]
    assert "no longer shown" in written.getvalue()
