"""`openpars search`: what is asked is answered and shown, or nothing is asked at all."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from openpars.agencies.models import User
from openpars.cli import receipts
from openpars.cli.search_verbs import command
from openpars.disclosure.models import Disclosure
from openpars.errors import BadInput, Fault
from tests.integration.disclosure.city import PURPOSE, City, under


@pytest.fixture
def username() -> str:
    asker, _ = under()
    return User.objects.get(pk=asker.user_id).username


def search(username: str, *more: str) -> Result:
    return CliRunner().invoke(command, ["--as", username, "--purpose", PURPOSE, "--case", "B-1", *more])


@pytest.mark.parametrize(
    ("more", "where"),
    [
        (("--open", "00000000-0000-4000-8000-000000000000", "--name", "Quimby"), "--open"),
        (("--number", "Z1234567", "--receipts", "/proc/receipts"), "--receipts"),
        (("--number", "Z1234567", "--receipts", __file__), "--receipts"),
    ],
)
def test_nothing_is_asked_that_could_not_be_answered_as_it_was_asked(
    username: str, more: tuple[str, ...], where: str
) -> None:
    asked = Disclosure.objects.count()
    refused = search(username, *more)
    if refused.exit_code != 2:
        assert isinstance(refused.exception, BadInput)
        assert [problem.where for problem in refused.exception.problems] == [where]
    assert Disclosure.objects.count() == asked


def test_what_was_disclosed_is_shown_although_its_receipt_fails(
    city: City, username: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log says that it was handed over: then it must be."""
    otn = city.arrest().arrest.otn

    def broken(**given: object) -> None:
        raise Fault("The log has not covered this entry.")

    monkeypatch.setattr(receipts, "keep", broken)
    more = ("--number", otn, "--receipts", str(tmp_path / "new" / "receipts"))
    told = search(username, *more)
    assert otn in told.output
    assert isinstance(told.exception, Fault)
    told = search(username, *more, "--json")
    said = json.loads(told.output)
    assert (said["answer"]["results"][0]["otn"], said["receipt"], told.exit_code) == (otn, None, 3)
    assert said["error"]["code"] == "Fault"
