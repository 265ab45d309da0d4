"""The disclosure path runs on its own log-in role, so what it is to see must be committed: no rollbacks."""

from collections.abc import Iterator

import pytest

from openpars.disclosure import gateway
from tests.integration.disclosure.city import City


@pytest.fixture(autouse=True)
def transactional_db(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A database in which every test commits, each on agencies and people of its own; nothing is flushed.

    It takes the place of pytest-django's fixture, whose name is what makes the test database be set up."""
    from django.db import connection

    with django_db_blocker.unblock():
        assert str(connection.settings_dict["NAME"]).startswith("test")
        yield
        connection.close()


@pytest.fixture(scope="module", autouse=True)
def swept(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Leave the tables empty behind each module, as tests of other folders expect them, once each disclosure of its
    tests was held against its entry (unless a thief's are among them: the module says so). Sequences go on: an
    agreement's number is also the name of its roles."""
    yield
    from django.core.management import call_command

    from openpars.disclosure import faithful

    gateway.close()
    with django_db_blocker.unblock():
        try:
            for _ in () if getattr(request.module, "A_THIEF_COMMITS", False) else faithful.check():
                pass
        finally:
            call_command(
                "flush", interactive=False, verbosity=0, reset_sequences=False, inhibit_post_migrate=True
            )


@pytest.fixture(scope="session", autouse=True)
def closed_pools(django_db_setup: None) -> Iterator[None]:
    """Leave no connection of the gateway behind: the test database could not be dropped."""
    yield
    gateway.close()


@pytest.fixture
def city() -> City:
    """A city without anybody in it yet."""
    return City()
