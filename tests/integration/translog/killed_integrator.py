"""Run by test_killed.py: integrates in children that are killed, each one step later than the one before.

Prints one JSON line a step: where the child died, and what was found afterwards."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from openpars.translog import actions, queries  # noqa: E402
from openpars.translog.models import Entry  # noqa: E402
from openpars.translog.signers import FileSigner  # noqa: E402
from tests.integration.translog import logs  # noqa: E402

SIGNER = FileSigner(Path(sys.argv[1]))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def integrate_and_die(step: int) -> None:
    """Die before statement number `step`, counting the signature, BEGIN's first statement being 0; once the
    statements are used up die before COMMIT, and at last after it."""
    left = step

    def failpoint(execute: Callable[..., object], *rest: object) -> object:
        nonlocal left
        if left == 0:
            die()
        left -= 1
        return execute(*rest)

    class Watched:
        keys = SIGNER.keys

        def sign(self, body: str) -> str:
            return str(failpoint(SIGNER.sign, body))

    commit = connection._commit
    connection._commit = lambda: failpoint(commit)  # type: ignore[method-assign]
    with connection.execute_wrapper(failpoint):
        actions.integrate(signer=Watched(), at=logs.NOON)
    if left == 0:
        die()
    os._exit(left)


def in_child(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def report(step: int, status: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # The server notices a killed client when it next writes to it: the lock falls with its transaction.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [actions.LOCK])
    found = {
        "step": step,
        "killed": os.WIFSIGNALED(status),
        "size": logs.verified_size(SIGNER),
        "entries": Entry.objects.count(),
        "pending": queries.pending(),
    }
    print(json.dumps(found), flush=True)


def main() -> None:
    logs.append(100)
    logs.integrate(SIGNER)
    logs.append(200)
    connection.close()
    for step in range(100):
        status = in_child(lambda step=step: integrate_and_die(step))  # type: ignore[misc]
        in_child(lambda step=step, status=status: report(step, status))  # type: ignore[misc]
        if not os.WIFSIGNALED(status):
            return


main()
