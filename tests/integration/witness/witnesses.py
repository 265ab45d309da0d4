"""Witnesses that really run, on loopback, for tests."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openpars.witness import memory
from openpars.witness.door import Witness

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **how: float) -> None:
        self.now += timedelta(**how)


@dataclass
class Running:
    """A witness that answers at `url`."""

    name: str
    memory: memory.Memory
    url: str
    clock: Clock = field(default_factory=Clock)

    @property
    def vkey(self) -> str:
        return str(self.memory.keys[0].key)

    def forget(self) -> None:
        """Lose the memory, keeping key and folder."""
        with sqlite3.connect(self.memory.folder / "memory.db") as connection:
            connection.execute("DELETE FROM cosigned")
        connection.close()


@contextmanager
def running(folder: Path, name: str, *logs: str, quantum_safe: bool = False) -> Iterator[Running]:
    kept = memory.init(folder, name=f"{name}.example/witness", logs=logs, quantum_safe=quantum_safe)
    clock = Clock()
    with Witness(kept, "127.0.0.1", 0, clock) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Running(name, kept, f"http://127.0.0.1:{server.server_port}/", clock)
        finally:
            server.shutdown()
            thread.join()


def policy(k: int, *witnesses: Running) -> str:
    lines = [f"witness {one.name} {one.vkey} {one.url}" for one in witnesses]
    names = " ".join(one.name for one in witnesses)
    return "\n".join([*lines, f"group quorum {k} {names}", "quorum quorum", ""])
