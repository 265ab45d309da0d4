"""`openpars db` and `openpars doctor`, as a person at a terminal meets them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from openpars.engine import address
from tests.integration.engine.conftest import Place

OPENPARS = str(Path(sys.executable).with_name("openpars"))


def said(place: Place, *arguments: str, **more: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [OPENPARS, *arguments],
        env=place.environment() | more,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def told(place: Place, *arguments: str) -> Any:
    return json.loads(said(place, *arguments, "--json")[1])


def test_a_database_from_nothing_to_stopped(place: Place) -> None:
    assert said(place, "db", "status", "--json")[0] == 1
    assert told(place, "db", "status")["state"] == "absent"
    code, out, err = said(place, "db", "start", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["migrations_applied"] > 0
    assert told(place, "db", "start")["migrations_applied"] == 0
    assert told(place, "db", "migrate") == {"migrations_applied": 0}
    assert said(place, "db", "status")[0] == 0
    for kind, role in (("owner", "openpars"), ("gateway", "openpars_gateway"), ("app", "openpars_app")):
        code, out, _ = said(place, "db", "psql", "--as", kind, "--", "-Atc", "SELECT current_user")
        assert (code, out) == (0, f"{role}\n")
    code, out, _ = said(place, "doctor", "--json")
    assert (code, json.loads(out)["fit"]) == (0, True)
    code, out, _ = said(place, "db", "status", "--json", DATABASE_URL=address.owner().url())
    assert (code, json.loads(out)["version"].split(".")[0]) == (0, str(place.using.major))
    assert told(place, "db", "stop")["state"] == "stopped"
    assert said(place, "doctor")[0] == 1


def test_without_a_database_there_is_one_clear_sentence(one_place: Place) -> None:
    code, out, err = said(one_place, "db", "psql")
    assert (code, out) == (3, "")
    assert err == "No database yet: run `openpars db start`, or set DATABASE_URL.\n"


def test_somebody_elses_server_is_not_ours_to_stop(one_place: Place) -> None:
    code, _, err = said(one_place, "db", "stop", DATABASE_URL="postgresql://owner@elsewhere/city")
    assert (code, err.count("\n")) == (1, 1)


def test_an_address_that_is_none_is_bad_input(one_place: Place) -> None:
    for wrong in ("mysql://x@y/z", "postgresql://nobody", "postgresql://a@b:port/c", "postgresql://[a@b/c"):
        code, _, err = said(one_place, "db", "migrate", DATABASE_URL=wrong)
        assert (code, err.split(":")[0]) == (2, "DATABASE_URL")


def test_the_status_of_a_server_of_somebody_else_is_whether_it_answers(one_place: Place) -> None:
    for elsewhere in ("127.0.0.1:1", "nosuchhost.invalid"):
        code, out, _ = said(one_place, "db", "status", DATABASE_URL=f"postgresql://a:secret@{elsewhere}/c")
        assert (code, "no answer" in out, "secret" in out) == (1, True, False)


def test_a_server_that_does_not_answer_is_a_fault(one_place: Place) -> None:
    code, _, err = said(one_place, "db", "migrate", DATABASE_URL="postgresql://a:b@127.0.0.1:1/c")
    assert code == 3
    assert "127.0.0.1" in err
