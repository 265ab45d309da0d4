"""The auditor looks at the events: found by what happened, who, agency, outcome and day; opened; taken out with proofs.
And nothing of an event is had in any other way."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from openpars import clock
from openpars.agencies import actions, events, queries
from openpars.agencies.models import Event
from openpars.agencies.queries import city_day
from openpars.agencies.rules import event as rule
from openpars.disclosure import accounting, auditing_events, gateway, looks
from openpars.disclosure.auditing_events import EventCriteria
from openpars.disclosure.models import Disclosure
from openpars.engine import address, roles
from openpars.errors import Fault, NotEmpowered
from openpars.records import actions as records
from openpars.translog import queries as log
from openpars.translog import signers
from openpars.verifier import command
from tests.factories import agencies as made
from tests.factories import offices
from tests.integration.disclosure.conftest import swept
from tests.integration.disclosure.test_erasing import keep_integrating
from tests.integration.portal.test_custodian import arrested, as_the_pages

__all__ = ["swept"]
AT = "/audit/events/"


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


def came_and_went(somebody: made.Enrolled, times: int = 1) -> None:
    """Somebody's events: once in and out for each of `times`."""
    for _ in range(times):
        with events.visit("pages", "2001:db8::7"):
            events.record("log-in", by=somebody.id)
            events.record("log-out", by=somebody.id)


def references(page: str) -> list[str]:
    return re.findall(rf'action="{AT}([0-9a-f-]{{36}})/"', page)


def told(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_auditor_finds_events_by_each_thing_that_is_asked_for(city: offices.Offices) -> None:
    somebody = city.somebody("police", "officer")
    came_and_went(somebody)
    with events.visit("api", None):
        events.record("verb", by=somebody.id, about={"verb": "audit"}, outcome="refused")
    auditor = city.logged_in("auditor", "auditor")
    who, today = {"who": somebody.username.upper()}, str(city_day(clock.now()))
    with as_the_pages():
        assert "What happened" in auditor.get(AT).content.decode()
        found = {
            name: len(references(auditor.post(AT, asked).content.decode()))
            for name, asked in {
                "all": who,
                "kind": {**who, "kind": "log-out"},
                "outcome": {**who, "outcome": "refused"},
                "agency": {**who, "agency": somebody.ori.lower()},
                "another agency": {**who, "agency": "ZZ0000000"},
                "today": {**who, "since": today, "until": today},
                "earlier": {**who, "until": str(city_day(clock.now()) - timedelta(days=1))},
                "at the console": {"who": "console", "kind": "log-in"},
            }.items()
        }
        nothing = auditor.post(AT, {**who, "kind": "migrate"}).content.decode()
        first = auditor.post(AT, who).content.decode()
        one = auditor.post(f"{AT}{references(first)[0]}/").content.decode()
    assert found == {"all": 3, "kind": 1, "outcome": 1, "agency": 3, "another agency": 0, "today": 3, "earlier": 0,
                     "at the console": 0}  # fmt: skip
    assert "Nothing was found. That it was searched for is recorded." in nothing
    assert "logged in" in told(first)
    assert "2001:db8::7" in told(first)
    assert "acted on a record or an agreement: refused" in told(first)
    assert "Verb audit" in told(one)
    assert "What is kept" not in told(one)


def test_what_was_typed_wrong_is_said_at_its_field_and_nothing_is_searched(city: offices.Offices) -> None:
    auditor, person = city.logged_in("auditor", "auditor"), city.somebody("auditor", "auditor")
    before = Disclosure.objects.count()
    wrong = {"who": "nobody-of-this-name", "kind": "x", "outcome": "y", "since": "soon", "until": "9999-12-31",
             "before": "1"}  # fmt: skip
    answer = auditor.post(AT, wrong)
    assert (answer.status_code, answer.content.decode().count("usa-error-message")) == (422, 4)
    assert answer.content.decode().count('href="#id_') == 6
    assert Disclosure.objects.count() == before
    assert auditor.post(f"{AT}{uuid4()}/").status_code == 404
    assert auditor.get(f"{AT}{uuid4()}/").status_code == 405
    assert person.ori


def test_the_search_is_paged_and_each_page_is_a_look_with_an_entry(city: offices.Offices) -> None:
    somebody, person = city.somebody("police", "officer"), city.somebody("auditor", "auditor")
    came_and_went(somebody, 26)
    auditor = offices.logged_in(person)
    first = auditor.post(AT, {"who": somebody.username}).content.decode()
    assert len(references(first)) == 50
    before = re.search(r'name="before" value="([0-9a-f-]+)"', first)[1]
    second = auditor.post(AT, {"who": somebody.username, "before": before}).content.decode()
    assert len(references(second)) == 2
    assert "Older ones" not in second
    assert not set(references(first)) & set(references(second))
    looked = Disclosure.objects.filter(user_id=person.id).order_by("begun_at")
    assert [(one.kind, one.outcome, one.record_count, one.request["of"]) for one in looked] == [
        ("audit", "permit", 50, "events"),
        ("audit", "permit", 2, "events"),
    ]
    assert all(json.loads(leaf_of(one))["type"] == "openpars.audit/1" for one in looked)


def test_who_wrote_to_an_arrest_is_found_and_the_person_sees_that_an_auditor_looked(
    city: offices.Offices,
) -> None:
    report, other = arrested(), arrested()
    officer = city.somebody("police", "officer")
    with events.visit("pages", "2001:db8::9"):
        records.record_identity(arrest=report.arrest, photo_number="PN-1", by=officer.id, at=clock.now())
    auditor = city.logged_in("auditor", "auditor")
    with as_the_pages():
        page = auditor.post(AT, {"arrest": str(report.arrest)}).content.decode()
        (newest, *_) = references(page)
        one = auditor.post(f"{AT}{newest}/").content.decode()
        nobodys = auditor.post(AT, {"arrest": str(uuid4())})
    assert len(references(page)) == Event.objects.filter(about__arrest=str(report.arrest)).count() == 2
    assert "wrote to the records" in told(page)
    for words in (f"Arrest {report.arrest}", "Verb record_identity", "2001:db8::9"):
        assert words in told(one)
    assert (nobodys.status_code, "No record has this reference" in nobodys.content.decode()) == (422, True)
    keeper = city.somebody("police", "records custodian")
    for arrest, times in ((report.arrest, 1), (other.arrest, 0)):
        seen = accounting.account(arrest=arrest, by=keeper.id, at=clock.now())
        assert [line.kind for line, _ in seen.lines].count("audit") == times


def leaf_of(one: Disclosure) -> bytes:
    keep_integrating(signers.configured())
    return log.leaf(log.index_of(one.pending_id or 0) or 0)


def test_of_a_flood_the_count_is_shown_and_an_altered_row_is_called_one(city: offices.Offices) -> None:
    source = f"2001:db8::{uuid4().hex[:4]}"
    with events.visit("api", source):
        for _ in range(rule.MOST_PER_SOURCE + 2):
            events.record("fetch-receipt", by=None, outcome="refused")
    auditor = city.logged_in("auditor", "auditor")
    shown = auditor.post(AT, {"kind": "fetch-receipt", "outcome": "refused"}).content.decode()
    assert shown.count(source) == rule.MOST_PER_SOURCE
    # Somebody with the owner's role changes what is kept beside an entry.
    (one, *_) = queries.events(kind="fetch-receipt", most=1)
    alter(one.event, "198.51.100.1")
    page = auditor.post(f"{AT}{one.event}/").content.decode()
    assert "Somebody changed it" in told(page)


def alter(event: UUID, source: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agencies_event DISABLE TRIGGER agencies_event_append_only")
        cursor.execute("UPDATE agencies_event SET source = %s WHERE id = %s", [source, event])
        cursor.execute("ALTER TABLE agencies_event ENABLE TRIGGER agencies_event_append_only")


@pytest.fixture
def taken(city: offices.Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the auditor took out of one person's events, unpacked; the log's keys are in `keys` beside it."""
    monkeypatch.delenv("OPENPARS_LOG_VKEY", raising=False)
    somebody, signer = city.somebody("police", "officer"), signers.configured()
    came_and_went(somebody)
    with events.visit("pages", "192.0.2.1"):
        events.record("log-in", by=somebody.id, about={"reason": "locked"}, outcome="refused")
    keep_integrating(signer)
    auditor = city.logged_in("auditor", "auditor")
    with as_the_pages():
        answer = auditor.post(AT, {"who": somebody.username, "take": "1"})
        reference = re.search(r"/receipts/([0-9a-f-]{36})/", read(answer.content, "README.txt"))[1]
        keep_integrating_as_owner(signer)
        search = auditor.get(f"/receipts/{reference}/")
    assert (answer["Content-Type"], search.status_code) == ("application/zip", 200)
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path / "taken")
    (tmp_path / "taken" / "search" / f"{reference}.tlog-proof").write_bytes(search.content)
    (tmp_path / "keys").write_text("".join(f"{key}\n" for key in signer.keys))
    return tmp_path / "taken"


def read(packed: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(packed)).read(name).decode()


def keep_integrating_as_owner(signer: signers.Signer) -> None:
    before, owner = dict(connection.settings_dict), address.owner()
    connection.close()
    connection.settings_dict.update(USER=owner.user, PASSWORD=owner.password)
    keep_integrating(signer)
    connection.close()
    connection.settings_dict.update(USER=before["USER"], PASSWORD=before["PASSWORD"])


def verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        command.main(["receipt", str(folder), "--key-file", str(folder.parent / "keys")])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out + err


def test_what_is_taken_out_verifies_with_the_stand_alone_verifier(
    taken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verified(taken, capsys)
    assert code == 0, said
    assert "Verified: 4 receipts" in said
    assert "Verified: events.csv has one row for each receipt, which says what its entry says." in said
    assert "partly the keeper's word: agency_name, person." in said
    with (taken / "events.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["outcome"], row["about"]) for row in rows] == [
        ("log-in", "refused", '{"reason":"locked"}'),
        ("log-out", "done", "{}"),
        ("log-in", "done", "{}"),
    ]
    assert "3 rows" in (taken / "README.txt").read_text()


COLUMNS = ("index", "at", "door", "kind", "outcome", "agency", "who", "source", "about", "receipt")


def test_law_no_altered_table_verifies(taken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (taken / "events.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for column in COLUMNS:
        other = rows[1][column] if rows[1][column] != rows[0][column] else "x"
        write(taken / "events.csv", [{**rows[0], column: other}, *rows[1:]])
        code, said = verified(taken, capsys)
        assert (code, "Verified" in said, said[:27]) == (1, False, "Does not verify: events.csv"), column
    for changed, words in (
        (rows[1:], "one row for each receipt"),
        ([*rows, {**rows[0], "receipt": "another"}], "one receipt for each row"),
        ([rows[0], *rows], "one row for each receipt"),
    ):
        write(taken / "events.csv", changed)
        code, said = verified(taken, capsys)
        assert (code, words in said) == (1, True), said


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def test_other_ways_to_alter_what_was_taken_out(taken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = taken / "events.csv"
    text = table.read_text()
    first = next((taken / "receipts").glob("*.json"))
    for changed, code, words in (
        # People would read the first column of a name, a program the last.
        (text.replace("agency_name,", "kind,", 1), 2, "two columns of one name"),
        (text.replace("index,", "", 1), 2, "longer or shorter"),
        (text.replace(",receipt", ",proof", 1), 2, "no column `receipt`"),
        (text + "\udcff", 2, "not a table of text"),
    ):
        table.write_bytes(changed.encode(errors="surrogateescape"))
        found, said = verified(taken, capsys)
        assert (found, words in said) == (code, True), said
    table.write_text(text)
    # The same receipt under another name, with a row of its own, would make one event two.
    proof = first.with_suffix(".tlog-proof")
    (taken / "receipts" / "twice.tlog-proof").write_bytes(proof.read_bytes())
    row = next(line for line in text.splitlines() if line.endswith(first.stem))
    table.write_text(text + row.replace(first.stem, "twice") + "\n")
    (taken / "receipts" / "twice.json").write_bytes(first.read_bytes())
    assert "two receipts of one entry" in verified(taken, capsys)[1]
    # Without what opens an entry, who it was is the keeper's word, and the verifier says so.
    (taken / "receipts" / "twice.tlog-proof").unlink()
    table.write_text(text)
    first.unlink()
    code, said = verified(taken, capsys)
    assert (code, "keeper's word: agency_name, who, person, source, about" in said) == (0, True), said
    # What the search found cannot be shortened either: its own entry holds the list.
    (search,) = (taken / "search").glob("*.json")
    answer = json.loads(search.read_text())
    search.write_text(json.dumps({**answer, "answer": answer["answer"][:-1]}))
    assert verified(taken, capsys)[0] == 1


def test_law_nothing_of_an_event_is_read_without_a_look_that_says_so(city: offices.Offices) -> None:
    auditor, officer = city.somebody("auditor", "auditor"), city.somebody("police", "officer")
    read_all = "SELECT * FROM guard.audit_events(10)"
    for statement in (
        read_all,
        "SELECT * FROM agencies_event",
        "SELECT * FROM guard.events_found(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 10)",
    ):
        with pytest.raises(Fault):
            looks.call(statement)
    with pytest.raises(Fault), looks.look("audit", asked={"outcome": "deny"}, asker=auditor.id) as look:
        look.rows(read_all)
    # Nor may a look that says it is for events read the looks, and its entry say another thing than what was done.
    with pytest.raises(Fault), looks.look("audit", asked={"of": "events"}, asker=auditor.id) as look:
        look.rows("SELECT * FROM guard.audit_rows(10)")
    before = Disclosure.objects.count()
    with pytest.raises(NotEmpowered):
        auditing_events.audit_events(criteria=EventCriteria(), by=officer.id, at=clock.now())
    assert Disclosure.objects.count() == before
    with as_the_pages():
        for statement in (read_all, "SELECT * FROM agencies_event", "SELECT * FROM disclosure_disclosure"):
            with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
                cursor.execute(statement)
    gateway.close()


def test_law_no_log_in_role_reads_events_and_the_door_alone_may_ask_for_them() -> None:
    found = {}
    for kind in roles.KINDS:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_any_column_privilege(%s, 'agencies_event', 'SELECT'),"
                " has_function_privilege(%s, 'guard.audit_events'::regproc::oid, 'EXECUTE'),"
                " has_function_privilege(%s, 'guard.events_found'::regproc::oid, 'EXECUTE')",
                [roles.name(str(connection.settings_dict["NAME"]), kind)] * 3,
            )
            found[kind] = cursor.fetchone()
    nothing = dict.fromkeys(roles.KINDS, (False, False, False))
    assert found == {**nothing, "gateway": (False, True, False)}


def test_a_role_that_may_not_audit_sees_neither_page_nor_file(city: offices.Offices) -> None:
    for client in (city.logged_in("police", "head of office"), Client(raise_request_exception=False)):
        for data in ({}, {"take": "1"}):
            assert client.post(AT, data).status_code in (302, 403)


def test_who_was_suspended_is_in_the_log_too_and_found_by_the_console(city: offices.Offices) -> None:
    somebody = city.somebody("police", "officer")
    actions.suspend_user(user=somebody.id, by="console", at=clock.now())
    auditor = city.logged_in("auditor", "auditor")
    found = auditor.post(AT, {"who": "console", "kind": "suspend-user"}).content.decode()
    assert "ended a person" in told(found)
    assert str(somebody.id) in auditor.post(f"{AT}{references(found)[0]}/").content.decode()
