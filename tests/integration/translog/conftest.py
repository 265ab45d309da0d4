"""A signer that leaves the state folder alone."""

from pathlib import Path

import pytest

from openpars.translog.signers import FileSigner
from tests.integration.translog import logs


@pytest.fixture(autouse=True)
def empty_log(request: pytest.FixtureRequest) -> None:
    """Begin with an empty log, whatever tests of other folders have committed."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db" if _commits(request) else "db")
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(logs.TABLES)}")


def _commits(request: pytest.FixtureRequest) -> bool:
    return any(mark.kwargs.get("transaction") for mark in request.node.iter_markers("django_db"))


@pytest.fixture
def signer(tmp_path: Path) -> FileSigner:
    return FileSigner(tmp_path / "log.key")
