"""What every test stands on: a database server, its test database, and no network but this machine's.

Without DATABASE_URL the embedded server of OPENPARS_STATE (or of this checkout) is started, once, when the
first test asks for a database; it is left running, so that the next run is quick. `openpars db stop` stops
it.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_socket
from hypothesis import settings

# A loaded machine is no reason to fail; every run tries the same examples, and CI tries more of them.
settings.register_profile(
    "house", deadline=None, derandomize=True, max_examples=100 if "CI" in os.environ else 50
)
settings.load_profile("house")

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_configure() -> None:
    """What costs each test time and shows nothing: a test's browser need not look for 2,600 files of the design
    system before its first page, a password that guards nothing is hashed by the same function with less work, and
    nothing found is answered at once, but where the beat itself is looked at. (A server that a test starts as its users
    do runs with the house's own settings.)"""
    from django.conf import settings as house

    from openpars.disclosure import beat

    beat.BEAT = 0.0
    house.WHITENOISE_AUTOREFRESH = True
    house.PASSWORD_HASHERS = ["tests.factories.hashing.QuickArgon2"]


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup() -> None:
    pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


def pytest_report_header() -> str:
    from openpars.engine import programs
    from openpars.errors import OpenParsError

    if "DATABASE_URL" in os.environ:
        return "PostgreSQL: the server that DATABASE_URL names"
    try:
        using = programs.choose()
    except OpenParsError as error:
        return f"PostgreSQL: {error}"
    return f"PostgreSQL: {using.version} from {using.folder} ({using.source}), behind our own supervisor"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the embedded server before Django first connects, and tell Django where it is."""
    from django.db import connections

    from openpars.engine import address, server

    if "DATABASE_URL" not in os.environ:
        server.start()
    where = address.owner()
    connections["default"].settings_dict.update(
        HOST=where.host, PORT=where.port, USER=where.user, PASSWORD=where.password
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """After Django made and migrated the test database: drop roles that an earlier run's agreements left in
    the cluster, give the log-in roles their passwords, and let `address.owner()` mean the test database."""
    from django.db import connection

    from openpars.engine import address, prepare

    with django_db_blocker.unblock():
        database = str(connection.settings_dict["NAME"])
        _drop_leftover_roles(database)
        prepare.set_passwords()
        _let_tests_empty_tables()
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = replace(address.owner(), database=database).url()
    yield
    if before is None:
        del os.environ["DATABASE_URL"]
    else:
        os.environ["DATABASE_URL"] = before


@pytest.fixture(scope="session", autouse=True)
def _memory_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the log has signed is remembered apart from the checkout's own log, and apart in each worker."""
    path = tmp_path_factory.mktemp("memory") / "log.signed"
    os.environ["OPENPARS_LOG_MEMORY"] = str(path)
    yield path
    del os.environ["OPENPARS_LOG_MEMORY"]


@pytest.fixture(autouse=True)
def _memory_of_this_test(_memory_of_this_run: Path) -> None:
    """Each test may find a log that is emptier than the one before left it: it begins with nothing to remember."""
    _memory_of_this_run.unlink(missing_ok=True)


def _drop_leftover_roles(database: str) -> None:
    # Roles belong to the cluster: dropping a test database leaves those of its permits behind.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", [f"{database}_agreement_"]
        )
        for (role,) in cursor.fetchall():
            cursor.execute(f'DROP ROLE "{role}"')


def _let_tests_empty_tables() -> None:
    # The log's tables refuse TRUNCATE, which is how Django empties a test database between transactional
    # tests: there, and only there, those triggers rest. The refusal itself has its test.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgtype & 32 <> 0"
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')
