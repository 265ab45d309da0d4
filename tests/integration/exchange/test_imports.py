"""Importers on invented files with planted faults, and (marked `data`) on the real ones."""

import gzip
import json
import os
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection

from openpars.errors import BadInput, DatabaseUnavailable, FileMalformed
from openpars.exchange import storing
from openpars.exchange.harris import load_bookings
from openpars.exchange.philadelphia import load_filings
from openpars.exchange.rules import harris, philadelphia
from openpars.records import actions, queries
from openpars.records.models import Arrest, Bail, Charge, CustodyStatusChange, Disposition, Incident, Person
from openpars.synthetic.names import fictional_person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, tzinfo=UTC)
DATA = Path(os.environ.get("OPENPARS_DATA", Path(__file__).parents[4] / "shared/data"))


def _csv(spec, rows, extra=()):
    names = [column.name for column in spec.columns] + list(extra)
    lines = [",".join(names)]
    lines += [row if isinstance(row, str) else ",".join(row.get(name, "") for name in names) for row in rows]
    return "\n".join(lines) + "\n"


def _filing(number, **cells):
    return {
        "case_key": f"C{number}",
        "person_key": f"P{number}",
        "filed_at": "2022-03-04T05:06:00",
        "age": "30",
        "zip": "00001",
        "charge": "Theft",
        "bail_type": "Monetary",
        "bail_amount": "500.0",
        "first_status": "Set",
        "last_status": "Posted",
        "first_bail_at": "2022-03-04T06:06:00",
        "last_bail_at": "2022-03-05T06:06:00",
        **cells,
    }


def _booking(**cells):
    return {
        "sex": "F",
        "race": "B",
        "arrest_date": "2017-01-02",
        "booking_date": "2017-01-03",
        "address_city": "NOWHERE",
        "address_state": "TX",
        "address_zip": "00002",
        "charge_code": "000001",
        "charge_wording": "INVENTED OFFENSE",
        "charge_level": "MA",
        "report_date": "2017-01-04",
        **cells,
    }


@pytest.fixture
def write(tmp_path):
    def _write(text, name="file.csv", pack=False):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if pack else text.encode())
        return path

    return _write


@pytest.fixture
def no_vacuum():
    """A test is one transaction, an import commits by the batch. A vacuum in the midst of the one sees pages without a
    row that it may see, and tells the planner that the tables are empty: each row then costs a walk over them all."""
    loaded = (Arrest, Bail, Charge, CustodyStatusChange, Disposition, Incident, Person)
    with connection.cursor() as cursor:
        names = ", ".join(model._meta.db_table for model in loaded)
        cursor.execute(f"LOCK TABLE {names} IN SHARE UPDATE EXCLUSIVE MODE")


def _load(path, bail=None):
    return load_filings(filings=path, bail=bail, namer=fictional_person, by="test", at=AT)


def test_a_filing_becomes_a_person_an_arrest_a_charge_and_bail(write):
    where = {"incident_key": "I1", "arrest_key": "O1", "dist_code": "77", "in_custody": "A prison"}
    report = _load(write(_csv(philadelphia.FILINGS, [_filing(1, **where)])))
    assert (report.read, report.stored, report.skipped) == (1, 1, [])
    arrest = Arrest.objects.get()
    filed = datetime(2022, 3, 4, 10, 6, tzinfo=UTC)
    assert (arrest.arrested_at, arrest.arrested_at_precision, arrest.otn) == (filed, "bound", "O1")
    assert arrest.person.invented
    assert date(1991, 3, 5) <= arrest.person.birth_date <= date(1992, 3, 4)
    assert Incident.objects.get().district == "77"
    charge = Charge.objects.get()
    assert (charge.stage, charge.status, charge.docket_number) == ("filed", "approved", "C1")
    bail = Bail.objects.get()
    assert (bail.status, bail.amount, bail.at) == ("Posted", 500, datetime(2022, 3, 5, 11, 6, tzinfo=UTC))
    assert CustodyStatusChange.objects.get().reason == "A prison"


def test_one_arrest_key_joins_filings_and_is_parted_by_incident(write):
    joined = {"person_key": "P1", "arrest_key": "O1", "incident_key": "I1"}
    rows = [_filing(1, **joined), _filing(2, **joined), _filing(3, **{**joined, "incident_key": "I2"})]
    _load(write(_csv(philadelphia.FILINGS, rows)))
    assert Charge.objects.count() == 3
    assert sorted(Arrest.objects.values_list("otn", "incident__dc_number")) == [("O1", "I1"), ("O1", "I2")]
    assert Person.objects.count() == 1


def test_planted_faults_are_reported_by_line_and_reason_and_the_rest_is_stored(write):
    rows = [
        _filing(1),
        _filing(2, filed_at="yesterday"),
        _filing(3, age="thirty"),
        _filing(4, age="4"),
        _filing(5, bail_amount="-5"),
        _filing(6, case_key=""),
        "C7,P7,2022-03-04T05:06:00",
        _filing(8, filed_at="0001-01-01T00:00:00"),
        _filing(9, charge='"one, ""two""\nthree"'),
        _filing(10, in_custody='"open'),
        _filing(11),
        _filing(12, filed_at="2026-03-01T00:00:00"),
        _filing(13, filed_at="20220304T050600"),
        _filing(11, charge="Robbery"),
        _filing(11),
    ]
    report = _load(write(_csv(philadelphia.FILINGS, rows)))
    assert [(row.line, row.reason) for row in sorted(report.skipped, key=lambda row: row.line)] == [
        (3, "filed_at: not a date and time like 2021-08-19T04:44:00"),
        (4, "age: not a whole number"),
        (6, "bail_amount: not an amount between 0 and a million million dollars"),
        (7, "case_key: empty"),
        (8, "has 3 cells where the first row has 22"),
        (9, "filed_at: before 1850"),
        (12, "a quote is opened and not closed"),
        (14, "filed_at: in the future"),
        (15, "filed_at: not a date and time like 2021-08-19T04:44:00"),
        (16, "case_key: an earlier row tells this case otherwise"),
    ]
    assert report.read == report.stored + len(report.skipped) == 15
    assert report.set_aside == {("age", "not between 10 and 120"): 1}
    assert set(Charge.objects.values_list("docket_number", flat=True)) == {"C1", "C4", "C9", "C11"}


def test_a_moment_is_kept_with_the_offset_that_it_is_written_with(write):
    filed = ["2024-05-05T10:00:00Z", "2024-05-05T10:00:00+02:00", "2024-05-05T10:00:00"]
    _load(write(_csv(philadelphia.FILINGS, [_filing(n, filed_at=at) for n, at in enumerate(filed)])))
    hours = Charge.objects.order_by("docket_number").values_list("decided_at", flat=True)
    assert [at.astimezone(UTC).hour for at in hours] == [10, 8, 14]


def test_what_is_told_of_one_person_differently_is_left_out_and_said_so(write):
    joined = {"person_key": "P1", "incident_key": "I1", "dist_code": "07"}
    rows = [
        _filing(1, **joined),
        _filing(2, **joined, age="31", filed_at="2022-03-05T05:06:00"),
        _filing(3, **joined, age="30", filed_at="2022-03-06T05:06:00"),
        _filing(4, **{**joined, "zip": "00002", "dist_code": "08"}),
        _filing(5, **{**joined, "zip": "", "dist_code": ""}),
        _filing(6, age=""),
        _filing(7, person_key="P6"),
    ]
    report = _load(write(_csv(philadelphia.FILINGS, rows)))
    assert report.stored == 7
    assert report.set_aside == {
        ("age", "does not fit an earlier row's of the same person"): 2,
        ("zip", "another than an earlier row's of the same person"): 1,
        ("dist_code", "another than an earlier row's of the same incident"): 1,
    }
    assert Person.objects.get(source_key="P1").zip == "00001"


def test_a_row_that_only_the_tables_refuse_is_found_alone(write, monkeypatch):
    monkeypatch.setattr(storing, "BATCH", 7)
    real = philadelphia.filing

    def bent(row, namer, latest):
        filing = real(row, namer, latest)
        if filing.case != "C5":
            return filing
        rows = [row._replace(category="Q") if hasattr(row, "category") else row for row in filing.rows]
        return filing._replace(rows=tuple(rows))

    monkeypatch.setattr(philadelphia, "filing", bent)
    report = _load(write(_csv(philadelphia.FILINGS, [_filing(n) for n in range(20)])))
    (skipped,) = report.skipped
    assert (skipped.line, skipped.reason.split()[-1]) == (7, "arrest_category_known")
    assert report.stored == 19 == Charge.objects.count()


def test_a_second_run_changes_nothing(write):
    path = write(_csv(philadelphia.FILINGS, [_filing(n) for n in range(9)]), pack=True)
    history = write(_csv(philadelphia.BAIL, [_history(n) for n in range(9)]), "bail.csv")
    first = _load(path, history)
    before = queries.counts()
    second = _load(path, history)
    assert queries.counts() == before
    assert not any(second.added.values())
    assert second.stored == first.stored == 18


def _history(number, **cells):
    given = {
        "case_key": f"C{number}",
        "bail_type": "ROR",
        "bail_status": "Posted",
        "bail_at": "2022-03-04T09:00:00",
    }
    return {**given, **cells}


def test_a_killed_run_is_resumed_by_running_again(write, monkeypatch):
    monkeypatch.setattr(storing, "BATCH", 4)
    path = write(_csv(philadelphia.FILINGS, [_filing(n) for n in range(10)]))
    load, calls = actions.load, []

    def killed(**given):
        calls.append(given)
        if len(calls) == 2:
            raise DatabaseUnavailable("gone")
        return load(**given)

    monkeypatch.setattr(actions, "load", killed)
    with pytest.raises(DatabaseUnavailable):
        _load(path)
    monkeypatch.setattr(actions, "load", load)
    assert Charge.objects.count() == 4
    report = _load(path)
    assert (report.added["charges"], report.known["charges"], Charge.objects.count()) == (6, 4, 10)


@pytest.mark.parametrize("times", ["together", "apart", "both"])
def test_filings_and_their_bail_history_come_together_or_apart(write, times):
    path = write(_csv(philadelphia.FILINGS, [_filing(1, in_custody="A prison")]))
    last = {"bail_type": "Monetary", "bail_amount": "500.00", "bail_at": "2022-03-05T06:06:00"}
    history = [_history(1, bail_status="Set"), _history(1, **last, in_custody="A prison")]
    history += [_history(1, **last, bail_status="Revoked"), _history(2), {"case_key": "C1"}]
    history = write(_csv(philadelphia.BAIL, history), "bail.csv")
    if times != "together":
        _load(path)
    report = _load(path, history)
    if times == "both":
        _load(path)
    assert sorted(Bail.objects.values_list("status", flat=True)) == ["Posted", "Revoked", "Set"]
    assert CustodyStatusChange.objects.count() == 1
    assert [(row.file, row.line, row.reason) for row in report.skipped] == [
        ("bail.csv", 5, "case_key: no filing of this case was read"),
        ("bail.csv", 6, "bail_type, bail_status, bail_amount: all empty"),
    ]


def test_nothing_is_stored_where_either_file_is_of_another_kind(write):
    path = write(_csv(philadelphia.FILINGS, [_filing(1)]))
    with pytest.raises(FileMalformed, match="bail_status"):
        _load(path, path)
    assert queries.counts()["charge"] == 0


def test_forbidden_columns_are_dropped_and_said_so(write):
    rows = [{**_filing(1), "citizenship": "Elsewhere", "Immigration Status": "Secret", "judge": "X"}]
    report = _load(write(_csv(philadelphia.FILINGS, rows, ["citizenship", "Immigration Status", "judge"])))
    assert report.forbidden_columns == ["citizenship", "immigration status"]
    assert report.unknown_columns == ["judge"]
    kept = f"{list(Person.objects.values())}{list(Arrest.objects.values())}{list(Charge.objects.values())}"
    assert "Elsewhere" not in kept
    assert "Secret" not in kept


def test_no_message_repeats_a_cell(write):
    rows = [_filing(n, **{column: "Oakley"}) for n, column in enumerate(("filed_at", "age", "bail_amount"))]
    report = _load(write(_csv(philadelphia.FILINGS, rows)))
    assert len(report.skipped) == 3
    assert "Oakley" not in str(report.skipped)


def test_bookings_are_grouped_translated_and_what_is_foreign_is_kept_and_reported(write):
    rows = [
        _booking(),
        _booking(charge_level="FS", disposition="DADJ"),
        _booking(sex="M", charge_level="ZZ", disposition="WHAT"),
        _booking(),
        _booking(arrest_date="", charge_level=""),
        _booking(booking_date="soon"),
    ]
    report = load_bookings(
        bookings=write(_csv(harris.BOOKINGS, rows)), namer=fictional_person, by="test", at=AT
    )
    assert [(row.line, row.reason) for row in report.skipped] == [
        (7, "booking_date: not a date like 2021-08-19")
    ]
    assert Arrest.objects.count() == Person.objects.filter(invented=True).count() == 4
    assert sorted(Charge.objects.values_list("grade", flat=True)) == [
        "", "TX class A misdemeanor", "TX class A misdemeanor", "TX state jail felony", "ZZ",
    ]  # fmt: skip
    assert sorted(Disposition.objects.values_list("outcome", flat=True)) == ["WHAT", "adjudication deferred"]
    assert report.kept_as_written == {("charge_level", "ZZ"): 1, ("disposition", "WHAT"): 1}
    assert sorted(Arrest.objects.values_list("arrested_at_precision", flat=True)) == [
        "bound",
        "day",
        "day",
        "day",
    ]


def test_an_arrest_after_its_booking_has_the_bookings_day_as_a_bound(write):
    """Two-digit years put some of the county's arrests decades ahead: on a board they would wait for ever."""
    rows = [
        _booking(arrest_date="2070-01-02"),
        _booking(arrest_date="9999-12-31", charge_level="FS"),
        _booking(booking_date="2026-03-02"),
        _booking(booking_date="20170103"),
    ]
    report = load_bookings(
        bookings=write(_csv(harris.BOOKINGS, rows)), namer=fictional_person, by="test", at=AT
    )
    found = Arrest.objects.values_list("arrested_at", "arrested_at_precision")
    assert set(found) == {(datetime(2017, 1, 3, 6, tzinfo=UTC), "bound")}
    assert report.set_aside == {("arrest_date", "after the booking, whose day stands as a bound"): 2}
    assert [(row.line, row.reason) for row in report.skipped] == [
        (4, "booking_date: in the future"),
        (5, "booking_date: not a date like 2021-08-19"),
    ]


def _run(*arguments):
    from openpars.cli.import_verbs import command

    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_the_verb_says_what_happened_in_words_and_in_json(write, tmp_path):
    path = write(_csv(philadelphia.FILINGS, [_filing(1), _filing(2, age="x")]))
    told = _run("philadelphia-filings", path, "--report", tmp_path / "out.csv")
    assert told.exit_code == 0, told.output
    assert "file.csv: 2 rows read, 1 stored, 1 not stored, listed with reasons." in told.output
    assert "line 3: age: not a whole number" in told.output
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        "file,line,reason",
        "file.csv,3,age: not a whole number",
    ]
    said = json.loads(_run("philadelphia-filings", path, "--json").stdout)
    assert (said["read"], said["stored"], said["known"]["charges"]) == (2, 1, 1)
    assert said["files"] == [{"file": "file.csv", "read": 2, "stored": 1}]


def test_the_verb_accounts_for_each_file(write):
    filings = write(_csv(philadelphia.FILINGS, [_filing(1)]), "filings.csv")
    history = write(_csv(philadelphia.BAIL, [_history(1), _history(1, bail_at="")]), "bail.csv")
    told = _run("philadelphia-filings", filings, "--bail", history)
    assert "filings.csv: 1 row read, 1 stored, none lost." in told.output
    assert "bail.csv: 2 rows read, 1 stored, 1 not stored, listed with reasons." in told.output
    assert "No new rows of records;" in _run("philadelphia-filings", filings, "--bail", history).output


@pytest.mark.parametrize("where", ["missing/out.csv", "file.csv"])
def test_a_report_that_cannot_be_written_stops_the_load_before_it_begins(write, tmp_path, where):
    path = write(_csv(philadelphia.FILINGS, [_filing(1)]))
    text = path.read_text()
    refused = _run("philadelphia-filings", path, "--report", tmp_path / where)
    assert isinstance(refused.exception, BadInput)
    assert path.read_text() == text
    assert queries.counts()["charge"] == 0


def test_a_report_replaces_the_one_before_once_there_is_one(write, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("of the run before\n")
    assert isinstance(_run("harris-bookings", write("a,b\n"), "--report", out).exception, FileMalformed)
    assert out.read_text() == "of the run before\n"
    path = write(_csv(philadelphia.FILINGS, [_filing(1)]))
    assert _run("philadelphia-filings", path, "--report", out).exit_code == 0
    assert out.read_text().splitlines() == ["file,line,reason"]


def test_the_verb_refuses_another_kind_of_file(write):
    refused = _run("harris-bookings", write("a,b\n1,2\n"))
    assert isinstance(refused.exception, FileMalformed)


@pytest.mark.data
@pytest.mark.usefixtures("no_vacuum")
def test_the_real_filings_load_with_none_lost_and_again_change_nothing():
    folder = DATA / "philly"
    filings = folder / "philly_mc_filings_2021-08_2022-12.csv.gz"
    if not filings.exists():
        pytest.skip(f"the public records are not beside the project: no {filings.name}")
    report = _load(filings)
    assert (report.read, report.stored, report.skipped) == (30_133, 30_133, [])
    assert report.set_aside == {
        ("age", "not between 10 and 120"): 20,
        ("age", "does not fit an earlier row's of the same person"): 93,
        ("zip", "another than an earlier row's of the same person"): 1_565,
    }
    assert queries.counts()["charge"] == 30_133
    assert Person.objects.filter(invented=False).count() == 0
    assert not any(_load(filings).added.values())
    history = _load(filings, folder / "philly_mc_bail_status_history_2021-08_2022-12.csv.gz")
    assert history.files.total() == 30_133 + 48_399 == history.stored + len(history.skipped)
    said_nothing = Counter(one.reason for one in history.skipped)
    assert said_nothing == {"bail_type, bail_status, bail_amount: all empty": 9, "bail_at: empty": 1}
    assert queries.counts()["bail"] == 42_571


@pytest.mark.data
@pytest.mark.usefixtures("no_vacuum")
def test_the_real_bookings_load_with_none_lost():
    path = DATA / "other_cities/harris_tx_bookings_2016-08_2017-12.csv.gz"
    if not path.exists():
        pytest.skip(f"the public records are not beside the project: no {path.name}")
    report = load_bookings(bookings=path, namer=fictional_person, by="test", at=AT)
    assert (report.read, report.stored, report.skipped) == (210_636, 210_636, [])
    assert report.set_aside[("arrest_date", "after the booking, whose day stands as a bound")] == 119
    assert queries.counts()["charge"] == 210_636
