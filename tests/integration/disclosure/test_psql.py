"""What each of the database's own people can reach, tried with psql: the conversation in tests/transcripts/psql.txt."""

import os
import pty
import re
import subprocess
from itertools import groupby
from pathlib import Path

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.cli.db_verbs import psql_program
from openpars.engine import address
from tests.integration.disclosure.city import City, under

TRANSCRIPT = (Path(__file__).parents[2] / "transcripts" / "psql.txt").read_text()
CASES = re.findall(r"^(\w+)>(.*)\n((?:[^#\n].*\n)*)", TRANSCRIPT, re.MULTILINE)
MARK = "--- asked ---"


def session(kind: str, asked: list[str]) -> list[str]:
    """What psql says to each of `asked`, in one session of that log-in role."""
    where = address.owner().as_kind(kind)
    names = {
        "PGHOST": where.host,
        "PGPORT": str(where.port),
        "PGDATABASE": where.database,
        "PGUSER": where.user,
    }
    # On a terminal psql writes line by line: errors and rows come in the order of what was asked.
    ours, its = pty.openpty()
    program = [
        psql_program(),
        "--no-psqlrc",
        "--quiet",
        "--tuples-only",
        "--no-align",
        "--set=VERBOSITY=terse",
    ]
    running = subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=its,
        stderr=its,
        env={**os.environ, **names, "PAGER": "", "PGPASSWORD": where.password, "LC_ALL": "C"},
        text=True,
    )
    os.close(its)
    running.communicate("".join(f"{one};\n\\echo {MARK}\n" for one in asked))
    said = _all(ours).replace("\r\n", "\n")
    return [part.strip("\n") for part in said.split(MARK)[:-1]]


def _all(terminal: int) -> str:
    read = b""
    with os.fdopen(terminal, "rb", buffering=0) as open_:
        try:
            while more := open_.read(65536):
                read += more
        except OSError:  # Linux says so where the other end of a terminal is closed
            pass
    return read.decode()


def test_the_conversation(city: City) -> None:
    city.arrest()
    _, number = under()
    database = address.owner().database
    permit = f"agreement_{number}_1"
    names = {"{permit}": permit, "{role}": f"{database}_{permit}", "{database}": database}
    assert len(CASES) == len(re.findall(r"^\w+>", TRANSCRIPT, re.MULTILINE))
    for kind, cases in groupby(CASES, key=lambda case: case[0]):
        listed = [(filled(asked, names), filled(expected, names)) for _, asked, expected in cases]
        if kind == "suspend":
            agreements.suspend(number=number, grounds="A drill.", by="test", at=clock.now())
            continue
        answers = session(kind, [asked for asked, _ in listed])
        for (asked, expected), said in zip(listed, answers, strict=True):
            shown = re.sub(r" at character \d+$", "", said)
            assert shown == expected.strip("\n"), f"{kind}>{asked}\n{said}"


def filled(text: str, names: dict[str, str]) -> str:
    """The text with this run's names."""
    return re.sub(r"\{\w+\}", lambda found: names[found[0]], text)
