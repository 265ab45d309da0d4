"""The integrator killed (SIGKILL) at each of its steps: nothing is lost, nothing is there twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_law_nothing_is_lost_where_the_integrator_is_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "openpars.config.settings"}
    command = [
        sys.executable,
        "-m",
        "tests.integration.translog.killed_integrator",
        str(tmp_path / "log.key"),
    ]
    assert f"/{connection.settings_dict['NAME']}" in environment["DATABASE_URL"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    before = {"size": 100, "entries": 100, "pending": 200}
    after = {"size": 300, "entries": 300, "pending": 0}
    seen = [{key: step[key] for key in before} for step in steps]
    assert [step["killed"] for step in steps] == [True] * (len(steps) - 1) + [False]
    # Killed before COMMIT: it has not happened. Killed after it, though nobody heard: it has.
    committed = seen.index(after)
    assert committed >= 8
    assert seen == [before] * committed + [after] * (len(seen) - committed)
