"""The whole path as its operator sees it: `openpars demo`, `search`, `suspend` and `openpars-verify`, each a process
of its own, on a database of its own. Everybody in it is invented."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bench import database
from openpars.engine import address

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Machine:
    """A machine with OpenPARS on it: a database, a state folder, and its command line."""

    environment: dict[str, str]
    folder: Path

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints; it must end with `code`, and never in a traceback."""
        done = subprocess.run(
            [str(BIN / arguments[0]), *arguments[1:]],
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.folder,
            timeout=240,
            check=False,
        )
        assert done.returncode == code, f"{arguments[:2]}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stdout + done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    def remembered(self) -> dict[str, str]:
        """Whom the demonstration asks for: an invented person."""
        practice: dict[str, str] = json.loads((self.folder / "state" / "practice.json").read_text())
        return practice


@pytest.fixture(scope="module")
def machine(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    home = address.owner()
    own = replace(home, database=f"test_story_{secrets.token_hex(4)}")
    folder = tmp_path_factory.mktemp("machine")
    with psycopg.connect(**home.conninfo(), autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(own.database)))
    environment = {
        **os.environ,
        "DATABASE_URL": own.url(),
        "OPENPARS_STATE": str(folder / "state"),
        "COLUMNS": "120",
    }
    del environment["OPENPARS_LOG_MEMORY"]  # it remembers what it signs beside its key, like every machine
    yield Machine(environment, folder)
    database.drop(home, own)


@pytest.fixture(scope="module")
def shown(machine: Machine) -> list[dict[str, str]]:
    """The first run of the demonstration: what each of its steps came to."""
    steps: list[dict[str, str]] = json.loads(machine.run("openpars", "demo", "--json"))["steps"]
    return steps


@pytest.fixture
def transactional_db(django_db_setup: None) -> None:
    """Named so that the test database is set up: this story only needs its server."""


def search(machine: Machine, *more: str, code: int = 0) -> str:
    return machine.run(
        "openpars", "search", "--as", "detective", "--purpose", "CrimeInvestigation", "--case", "NT-2031-0417", *more,
        code=code,
    )  # fmt: skip


def test_an_agency_asks_is_answered_is_refused_is_cut_off(
    shown: list[dict[str, str]], transactional_db: None
) -> None:
    assert [(step["step"], step["outcome"]) for step in shown] == [
        ("ask", "answered"),
        ("verify", "verified"),
        ("ask", "refused"),
        ("ask", "refused"),
        ("ask", "refused"),
    ]


def test_a_second_run_reuses_what_is_there(machine: Machine, shown: object, transactional_db: None) -> None:
    before = machine.remembered()
    machine.run("openpars", "demo", "--json")
    assert machine.remembered() == before


def test_a_search_gives_a_receipt_that_verifies_and_no_other_byte_does(
    machine: Machine, shown: object, transactional_db: None
) -> None:
    whom = machine.remembered()
    answered = json.loads(search(machine, "--name", whom["name"], "--born", whom["born"], "--json"))
    assert answered["answer"]["results"][0]["otn"] == whom["otn"]
    assert "birth_place" not in answered["answer"]["results"][0]
    receipt = machine.folder / answered["receipt"]
    machine.run(
        "openpars-verify",
        "receipt",
        str(receipt),
        "--answer",
        str(receipt).replace(".tlog-proof", ".answer.json"),
    )
    whole = receipt.read_bytes()
    for place in range(0, len(whole), 97):
        changed = bytearray(whole)
        changed[place] ^= 1
        receipt.write_bytes(changed)
        done = subprocess.run(
            [str(BIN / "openpars-verify"), "receipt", str(receipt)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (1, 2), f"byte {place} may be changed"
        assert "Traceback" not in done.stderr
    receipt.write_bytes(whole)


def test_an_end_is_seen_by_the_very_next_request(
    machine: Machine, shown: object, transactional_db: None
) -> None:
    otn = machine.remembered()["otn"]
    search(machine, "--number", otn)
    machine.run("openpars", "agreement", "suspend", "neighbor-police", "--grounds", "For a story.")
    assert "not permitted" in search(machine, "--number", otn, code=1)
    machine.run("openpars", "agreement", "resume", "neighbor-police", "--grounds", "The story goes on.")
    search(machine, "--number", otn)


def test_the_log_verifies_afterwards(
    machine: Machine, shown: object, transactional_db: None, tmp_path: Path
) -> None:
    machine.run("openpars", "log", "checkpoint")
    machine.run("openpars", "log", "fsck")
    machine.run("openpars", "log", "export", str(tmp_path / "log"))
    key = machine.folder / "state" / "log.vkey"
    machine.run("openpars-verify", "log", str(tmp_path / "log"), "--key-file", str(key))


def test_the_doctor_finds_the_signed_texts_enforced(
    machine: Machine, shown: object, transactional_db: None
) -> None:
    checks = json.loads(machine.run("openpars", "doctor", "--json"))["checks"]
    assert ("agreements", "ok") in [(check["name"], check["state"]) for check in checks]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--name", "A B", "--born", "31/12/1990"), "year-month-day"),
        (("--name", "A B", "--born", "1990-12-31~x"), "whole number of years"),
        (("--number", "what"), "must be an OTN"),
        ((), "say whom"),
    ],
)
def test_a_malformed_question_says_what_is_wrong(
    machine: Machine, shown: object, transactional_db: None, arguments: tuple[str, ...], says: str
) -> None:
    assert says in search(machine, *arguments, code=2)


def test_a_city_of_its_own_is_never_mixed_with_invented_people(
    machine: Machine, shown: object, transactional_db: None
) -> None:
    with psycopg.connect(machine.environment["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("UPDATE guard.city SET demonstration = false")
        practice = machine.folder / "state" / "practice.json"
        kept = practice.read_text()
        practice.unlink()
        try:
            assert "a city of its own" in machine.run("openpars", "demo", "--no-serve", code=1)
        finally:
            practice.write_text(kept)
            owner.execute("UPDATE guard.city SET demonstration = true")


def test_a_whole_city_beside_the_figures_of_a_real_one(machine: Machine, shown: object) -> None:
    built = json.loads(machine.run("openpars", "city", "--days", "2", "--per-day", "20", "--json"))
    assert built["arrests"] > 20
    assert {"topic", "what", "city", "real", "unit", "of"} == set(built["figures"][0])
    with psycopg.connect(machine.environment["DATABASE_URL"]) as owner:
        (stored,) = owner.execute("SELECT count(*) FROM records_arrest").fetchone()
        (words,) = owner.execute(
            "SELECT count(*) FROM records_trace WHERE by NOT IN (SELECT id::text FROM agencies_user)"
        ).fetchone()
    assert stored == built["arrests"] + 300
    assert words == 0, "somebody wrote who is no user"
    told = machine.run("openpars", "city", "--days", "1", "--per-day", "5", "--seed", "77")
    assert "Filings by hour" in told
    assert "seed 77" in told
    machine.run("openpars", "city", "--days", "1", "--per-day", "5", "--seed", "77", code=2)
    machine.run("openpars", "city", "--days", "0", code=2)


def test_a_city_that_lives_stops_when_asked(machine: Machine, shown: object) -> None:
    command = [str(BIN / "openpars"), "city", "--live", "--speed", "5000", "--per-day", "30", "--json"]
    with subprocess.Popen(
        command, env=machine.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as living:
        with psycopg.connect(machine.environment["DATABASE_URL"], autocommit=True) as listening:
            listening.execute("LISTEN openpars_records")
            # What was built before falls in one stream; a living city then tells of one act after the other.
            assert len(list(listening.notifies(timeout=60, stop_after=150))) == 150
        living.send_signal(signal.SIGINT)
        told, faults = living.communicate(timeout=60)
    assert living.returncode == 0, faults
    assert json.loads(told)["arrests"] > 0
