"""Run by test_killed.py: works in children that are killed, each one step later than the one before.

    killed_worker integrate KEYFILE     the integrator
    killed_worker publish KEYFILE       the publisher: what one witness is asked, and what is kept of it

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

from openpars.translog import actions, queries, witnesses  # noqa: E402
from openpars.translog.memory import Memory  # noqa: E402
from openpars.translog.models import Entry  # noqa: E402
from openpars.translog.signers import FileSigner  # noqa: E402
from tests.integration.translog import logs  # noqa: E402

SIGNER = FileSigner(Path(sys.argv[2]))


class Dying:
    """Dies before call number `step` of all that it watches, the first being 0."""

    def __init__(self, step: int) -> None:
        self.left = step

    def watch(self, call: Callable[..., object], *rest: object) -> object:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        return call(*rest)

    def work(self, what: Callable[["Dying"], object]) -> None:
        """Work, dying before a statement, a signature, a question or a COMMIT, and at last after them all."""
        commit = connection._commit
        connection._commit = lambda: self.watch(commit)  # type: ignore[method-assign]
        with connection.execute_wrapper(self.watch):
            what(self)
        self.watch(lambda: None)


def integrate(dying: Dying) -> None:
    class Remembering(Memory):
        def keep(self, text: str) -> None:
            dying.watch(super().keep, text)

    class Watched:
        keys, memory = SIGNER.keys, Remembering(SIGNER.memory.path)

        def sign(self, body: str) -> str:
            return str(dying.watch(SIGNER.sign, body))

    actions.integrate(signer=Watched(), at=logs.NOON)


def publish(dying: Dying) -> None:
    def ask(asks: object) -> object:
        # Before it is asked; and once it has persisted and answered, though nobody heard.
        answers = dying.watch(witnesses.ask_all, asks)
        return dying.watch(lambda: answers)

    actions.publish(at=logs.NOON, ask=ask)  # type: ignore[arg-type]


def in_child(work: Callable[[], object]) -> bool:
    """Whether the child was killed at its work."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def report(step: int, killed: bool) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # The server notices a killed client when it next writes to it: the lock falls with its transaction.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [actions.LOCK])
    published = queries.published()
    found = {
        "step": step,
        "killed": killed,
        "size": logs.verified_size(SIGNER),
        "entries": Entry.objects.count(),
        "pending": queries.pending(),
        "published": published.size if published else 0,
    }
    print(json.dumps(found), flush=True)


def prepare_integrate() -> None:
    """Nothing: the step before was undone, or ended it."""


def prepare_publish() -> None:
    logs.append(1)
    logs.integrate(SIGNER)


def finish_publish() -> None:
    actions.publish(at=logs.NOON)


def main() -> None:
    kind = sys.argv[1]
    work = {"integrate": integrate, "publish": publish}[kind]
    prepare = {"integrate": prepare_integrate, "publish": prepare_publish}[kind]
    finish = {"integrate": prepare_integrate, "publish": finish_publish}[kind]
    logs.append(100)
    logs.integrate(SIGNER)
    if kind == "integrate":
        logs.append(200)
    connection.close()
    for step in range(100):
        in_child(prepare)
        killed = in_child(lambda step=step: Dying(step).work(work))  # type: ignore[misc]
        in_child(lambda step=step, killed=killed: report(step, killed))  # type: ignore[misc]
        in_child(finish)
        if not killed:
            in_child(lambda step=step: report(step, False))  # type: ignore[misc]
            return


main()
