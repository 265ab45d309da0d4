"""Nobody gets in who was not given a password, and nothing that is said reaches a log."""

import stat
from pathlib import Path

import psycopg
import pytest

from openpars.engine import server
from tests.integration.engine.conftest import Place


@pytest.mark.parametrize("user", ["openpars", "postgres"])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_is_refused_on_the_socket_too(running: Place, user: str, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        running.connect(user=user, password=password)


def test_passwords_are_kept_as_scram_verifiers_only(running: Place) -> None:
    with running.connect(user="postgres", password=running.cluster.password) as connection:
        kept = connection.execute(
            "SELECT rolname, left(rolpassword, 14) FROM pg_authid WHERE rolcanlogin"
        ).fetchall()
    assert set(kept) == {("openpars", "SCRAM-SHA-256$"), ("postgres", "SCRAM-SHA-256$")}


def test_no_rule_lets_anybody_in_without_a_password(running: Place) -> None:
    lines = (running.cluster.data / "pg_hba.conf").read_text().splitlines()
    rules = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    assert {rule[-1] for rule in rules} == {"scram-sha-256"}


def test_socket_and_data_are_for_the_servers_account_alone(running: Place) -> None:
    owner = running.cluster.account.uid
    for folder in (Path(server.status().socket), running.cluster.data, running.cluster.home):
        facts = folder.stat()
        assert (stat.S_IMODE(facts.st_mode), facts.st_uid) == (0o700, owner)


def test_it_runs_as_an_ordinary_user(running: Place) -> None:
    process = Path(f"/proc/{server.status().pid}").stat()
    assert process.st_uid == running.cluster.account.uid != 0


def test_it_does_not_listen_on_the_network(running: Place) -> None:
    assert _shown(running, "listen_addresses") == ""


def test_damaged_pages_would_be_noticed(running: Place) -> None:
    assert _shown(running, "data_checksums") == "on"


def test_text_is_utf_8_and_sorts_the_same_everywhere(running: Place) -> None:
    assert _shown(running, "server_encoding") == "UTF8"
    with running.connect() as connection:
        row = connection.execute("SELECT 'Zoë' < 'abe', upper('é')").fetchone()
    assert row == (True, "É")


def test_the_owner_of_the_database_is_no_superuser(running: Place) -> None:
    with running.connect() as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, True, True, False)


def test_the_servers_log_holds_no_value_and_no_statement(running: Place) -> None:
    with running.connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS people (surname text PRIMARY KEY)")
        connection.execute("INSERT INTO people VALUES ('Quixotterly')")
        for wrong in ("INSERT INTO people VALUES ('Quixotterly')", "SELECT absent('Quixotterly' || 1)"):
            with pytest.raises(psycopg.Error):
                connection.execute(wrong)
        with pytest.raises(psycopg.Error):
            connection.execute("INSERT INTO people VALUES (%s)", ["Quixotterly"])
    log = running.cluster.log.read_text()
    assert "people_pkey" in log
    assert "'Quixotterly'" not in log
    assert "(Quixotterly)" not in log


def _shown(place: Place, setting: str) -> object:
    with place.connect() as connection:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
    return row[0] if row else None
