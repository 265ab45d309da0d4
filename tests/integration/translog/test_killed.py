"""Integrator and publisher killed (SIGKILL) at each of their steps, and told that what was done was lost: nothing
is lost, nothing is there twice, and whoever comes next goes on from there."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection

from openpars.engine import address
from openpars.translog import actions, queries
from openpars.translog.signers import FileSigner
from tests.integration.translog import logs
from tests.integration.witness import witnesses

pytestmark = pytest.mark.django_db(transaction=True)


def steps_of(kind: str, key: Path) -> list[dict[str, object]]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "openpars.config.settings"}
    assert f"/{connection.settings_dict['NAME']}" in environment["DATABASE_URL"]
    command = [sys.executable, "-m", "tests.integration.translog.killed_worker", kind, str(key)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_law_nothing_is_lost_where_the_integrator_is_killed(tmp_path: Path) -> None:
    steps = steps_of("integrate", tmp_path / "log.key")
    before = {"size": 100, "entries": 100, "pending": 200, "published": 100}
    after = {"size": 300, "entries": 300, "pending": 0, "published": 300}
    seen = [{key: step[key] for key in before} for step in steps]
    assert [step["killed"] for step in steps] == [True] * (len(steps) - 2) + [False] * 2
    # Killed before COMMIT: it has not happened. Killed after it, though nobody heard: it has.
    committed = seen.index(after)
    assert committed >= 10
    assert seen == [before] * committed + [after] * (len(seen) - committed)


def test_law_nothing_is_unsaid_where_the_publisher_is_killed(tmp_path: Path) -> None:
    signer = FileSigner(tmp_path / "log.key")
    with witnesses.running(tmp_path / "court", "court", signer.vkey) as court:
        actions.set_policy(text=witnesses.policy(1, court), by="test", at=logs.NOON)
        steps = steps_of("publish", tmp_path / "log.key")
        assert len(steps) >= 12
        # Each step begins with one entry more; the publisher that follows a killed one publishes it.
        assert [step["size"] for step in steps[:-1]] == list(range(102, 101 + len(steps)))
        first_done = next(i for i, step in enumerate(steps) if step["published"] == step["size"])
        for number, step in enumerate(steps[:-1]):
            late = 0 if number >= first_done else 1
            assert step["published"] == (step["size"] - late if number else 0), step  # type: ignore[operator]
        # The witness has seen each size, some of them twice, and never a fork.
        assert court.memory.evidence() == ()
        assert court.memory.seen()[0].size == steps[-1]["size"]


@contextmanager
def commit_breaks(*, done: bool) -> Iterator[None]:
    """COMMIT is sent and the connection breaks: before it arrived, or (`done`) before its answer did."""
    connection.ensure_connection()
    commit = connection._commit

    def breaks() -> None:
        if done:
            commit()
        connection.connection.close()
        raise OperationalError("the connection broke")

    connection._commit = breaks  # type: ignore[method-assign]
    try:
        with pytest.raises(OperationalError, match="the connection broke"):
            yield
    finally:
        connection._commit = commit  # type: ignore[method-assign]
        connection.close()


@pytest.mark.parametrize("done", [False, True])
def test_law_what_is_reported_lost_is_there_once_or_not_at_all(tmp_path: Path, done: bool) -> None:
    signer = FileSigner(tmp_path / "log.key")
    for size in (5, 10):
        with commit_breaks(done=done):
            logs.append(5)
        if not done:
            # It was lost indeed: whoever asked asks again.
            logs.append(5)
        with commit_breaks(done=done):
            logs.integrate(signer)
        assert logs.integrate(signer) == actions.Integrated(0 if done else 5, size)
        assert (logs.verified_size(signer), queries.pending()) == (size, 0)


def test_law_the_server_may_end_the_session_at_any_statement(tmp_path: Path) -> None:
    signer = FileSigner(tmp_path / "log.key")
    logs.append(3)
    for step in range(50):
        if not _ended_at(step, signer):
            break
        assert (logs.verified_size(signer), queries.pending()) == (0, 3)
    assert step >= 8
    assert (logs.verified_size(signer), queries.pending()) == (3, 0)


def _ended_at(step: int, signer: FileSigner) -> bool:
    """Whether the session was ended before statement `step` of integrating, by somebody else."""
    left = step

    def end(execute: Callable[..., object], *rest: object) -> object:
        nonlocal left
        left -= 1
        if left == -1:
            mine = connection.connection.info.backend_pid
            with psycopg.connect(**address.owner().conninfo(), autocommit=True) as other:  # type: ignore[arg-type]
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
        return execute(*rest)

    connection.ensure_connection()
    try:
        with connection.execute_wrapper(end):
            logs.integrate(signer)
    except DatabaseError:
        connection.close()
    return left < 0
