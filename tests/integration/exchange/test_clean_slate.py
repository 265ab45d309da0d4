"""The Clean Slate list: applied row by row, every other row accounted for, the same twice as once."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from openpars import clock
from openpars.cli.import_verbs import command
from openpars.errors import FileMalformed
from openpars.exchange.clean_slate import Skipped, load_list
from openpars.records import actions
from openpars.records.models import Arrest, Charge
from tests.factories.records import AT, BY, charge, filed, reported

pytestmark = pytest.mark.django_db


def listed(tmp_path: Path, text: str) -> Path:
    (tmp_path / "list.csv").write_text(text)
    return tmp_path / "list.csv"


def test_a_list_closes_what_it_names_and_tells_what_it_could_not(tmp_path: Path) -> None:
    first, second, other = reported(), reported(), reported()
    filed(second)
    otn = Arrest.objects.get(pk=first.arrest).otn
    text = f"OTN,docket\n{otn},\n,MC-99-CR-0000001-2026\nZ9999999,\nnonsense,\n,\n"
    facts = {"file": listed(tmp_path, text), "number": "Clean Slate 2026-11", "ordered_on": date(2026, 11, 1)}
    report = load_list(**facts, by="test", at=clock.now())
    assert (report.read, report.closed) == (5, 2)
    assert report.skipped == [
        Skipped(4, "no arrest here has this number"),
        Skipped(5, "holds a number of the wrong shape"),
        Skipped(6, "has neither an OTN nor a docket number"),
    ]
    closed = Arrest.objects.filter(limited_access_at__isnull=False)
    assert {arrest.pk for arrest in closed} == {first.arrest, second.arrest}
    assert Arrest.objects.get(pk=other.arrest).limited_access_at is None
    again = load_list(**facts, by="test", at=clock.now())
    assert (again.closed, len(again.skipped)) == (0, 3)


def test_a_docket_closes_its_own_charges_and_the_arrest_with_the_last_of_them(tmp_path: Path) -> None:
    report = reported(charges=[charge(description="Theft"), charge(description="Assault")])
    one, other = "MC-99-CR-0000001-2026", "MC-99-CR-0000002-2026"
    for number, recommended in zip((one, other), report.charges, strict=True):
        actions.file_charges(
            arrest=report.arrest,
            charges=[charge(follows=recommended)],
            docket_number=number,
            by=BY,
            at=AT + timedelta(hours=2),
        )
    facts = {
        "number": "Clean Slate 2026-11",
        "ordered_on": date(2026, 11, 1),
        "by": "test",
        "at": clock.now(),
    }
    done = load_list(file=listed(tmp_path, f"docket\n{one}\n"), **facts)
    assert (done.closed, done.in_part, done.skipped) == (0, 1, [])
    assert Arrest.objects.get(pk=report.arrest).limited_access_at is None
    closed = Charge.objects.filter(arrest_id=report.arrest, limited_access_at__isnull=False)
    assert set(closed.values_list("stage", "description")) == {("filed", "Theft"), ("recommended", "Theft")}
    done = load_list(file=listed(tmp_path, f"docket\n{one}\n{other}\n"), **facts)
    assert (done.closed, done.in_part, done.skipped) == (1, 0, [])
    assert Arrest.objects.get(pk=report.arrest).limited_access_at is not None


def test_a_file_without_the_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMalformed):
        load_list(
            file=listed(tmp_path, "name\nx\n"),
            number="N",
            ordered_on=date(2026, 11, 1),
            by="t",
            at=clock.now(),
        )


def test_the_command_says_each_row_that_it_left_out(tmp_path: Path) -> None:
    file = listed(tmp_path, "otn\nnonsense\n")
    done = CliRunner().invoke(
        command, ["clean-slate", str(file), "--number", "N", "--ordered-on", "2026-11-01"]
    )
    assert done.exit_code == 0, done.output
    assert "line 2: holds a number of the wrong shape" in done.output
    assert "nonsense" not in done.output
