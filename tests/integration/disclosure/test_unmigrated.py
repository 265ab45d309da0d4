"""Verbs on a database without its tables: one clear sentence, whichever verb it is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from bench import database
from openpars.engine import address

OPENPARS = str(Path(sys.executable).with_name("openpars"))


@pytest.fixture(scope="module")
def empty(django_db_setup: None) -> Iterator[str]:
    """The address of a database with nothing in it."""
    home = address.owner()
    made = replace(home, database=f"test_empty_{uuid4().hex[:8]}")
    with psycopg.connect(**home.conninfo(), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {made.database}")
    yield made.url()
    database.drop(home, made)


@pytest.mark.parametrize("verb", ["feed subscriptions", "feed dropped", "agreement list", "log status"])
def test_a_database_without_its_tables_is_one_clear_sentence(empty: str, verb: str) -> None:
    done = subprocess.run(
        [OPENPARS, *verb.split()],
        env={**os.environ, "DATABASE_URL": empty},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert "openpars db migrate" in done.stderr
