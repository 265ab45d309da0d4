"""The doctor notices each thing that would break a promise."""

import os

import pytest

from openpars.engine import address, examine, roles, server
from tests.integration.engine.conftest import Place


@pytest.fixture(scope="module")
def well(running: Place) -> Place:
    """A database with the roles, a relation of records and a guard: all that the doctor wants to see."""
    server.start()
    with running.connect() as connection:
        cursor = connection.cursor()
        roles.ensure(cursor, "openpars")
        roles.set_passwords(cursor, "openpars", address.passwords())
        connection.execute("CREATE TABLE records_person (id int, surname text)")
        connection.execute("CREATE TABLE other (id int)")
        connection.execute("CREATE SCHEMA guard")
        connection.execute(
            "CREATE FUNCTION guard.now() RETURNS timestamptz LANGUAGE sql RETURN clock_timestamp()"
        )
    return running


def found() -> dict[str, examine.Check]:
    return {check.name: check for check in examine.everything()}


def test_a_database_that_is_well_fails_nothing(well: Place) -> None:
    states = {name: check.state for name, check in found().items()}
    assert "fail" not in states.values()
    assert states["roles"] == states["privileges"] == states["log-in"] == "ok"


def test_a_server_that_lacks_security_fixes_is_a_loud_warning(
    well: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examine, "MINIMUM", {well.using.major: 99})
    version = found()["version"]
    assert version.state == "warn"
    assert "LACKS SECURITY FIXES" in version.says
    monkeypatch.setattr(examine, "MINIMUM", {well.using.major: 0})
    assert found()["version"].state == "ok"


@pytest.mark.parametrize(
    ("privilege", "role"),
    [
        ("SELECT ON records_person", "openpars_app"),
        ("SELECT (id) ON records_person", "openpars_app"),
        ("INSERT ON other", "openpars_gateway"),
        ("SELECT ON records_person", "PUBLIC"),
    ],
)
def test_a_privilege_on_records_fails(well: Place, privilege: str, role: str) -> None:
    with well.connect() as connection:
        connection.execute(f"GRANT {privilege} TO {role}")
        assert found()["privileges"].state == "fail"
        connection.execute(f"REVOKE {privilege} FROM {role}")
    assert found()["privileges"].state == "ok"


@pytest.mark.parametrize(
    ("broken", "mended", "name"),
    [
        ("ALTER ROLE openpars_gateway INHERIT", "ALTER ROLE openpars_gateway NOINHERIT", "roles"),
        ("ALTER ROLE openpars_views LOGIN", "ALTER ROLE openpars_views NOLOGIN", "roles"),
        ("ALTER ROLE openpars_walled CREATEDB", "ALTER ROLE openpars_walled NOCREATEDB", "roles"),
        (
            "ALTER ROLE openpars_walled RENAME TO openpars_lost",
            "ALTER ROLE openpars_lost RENAME TO openpars_walled",
            "roles",
        ),
    ],
)
def test_roles_that_may_do_more_or_less_fail(well: Place, broken: str, mended: str, name: str) -> None:
    with well.connect() as connection:
        connection.execute(broken)
        assert found()[name].state == "fail"
        connection.execute(mended)
    assert found()[name].state == "ok"


def test_a_demonstration_clock_is_a_warning(well: Place) -> None:
    body = "CREATE OR REPLACE FUNCTION guard.now() RETURNS timestamptz LANGUAGE sql RETURN clock_timestamp()"
    with well.connect() as connection:
        connection.execute(f"{body} + interval '3 days'")
        assert found()["demonstration clock"].state == "warn"
        connection.execute(body)
    assert found()["demonstration clock"].state == "ok"


def test_keys_that_others_may_read_fail(well: Place) -> None:
    (well.state / "passwords.json").chmod(0o644)
    assert found()["keys"].state == "fail"
    (well.state / "passwords.json").chmod(0o600)
    assert found()["keys"].state == "ok"


def test_log_in_roles_with_other_passwords_fail(well: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "passwords", lambda: {"app": "other", "gateway": "other"})
    assert found()["log-in"].state == "fail"


def test_a_server_that_does_not_answer_fails_without_a_traceback(
    well: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://openpars@/openpars?host={os.devnull}")
    assert found()["database"].state == "fail"
