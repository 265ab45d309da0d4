"""Files that only their owner may read, written so that two processes at once cannot both think they were
first."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def keep(path: Path, make: Callable[[], str]) -> str:
    """The text kept at `path`; where there is none, what `make` gives, kept with mode 0600.

    Of several processes that call this at once, one wins, whole, and all get the winner's text."""
    if not path.exists():
        fresh = _beside(path, make())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


def write(path: Path, text: str) -> None:
    """Put `text` at `path` with mode 0600, durably, replacing what was there; a reader sees the old text or the
    new."""
    os.replace(_beside(path, text), path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _beside(path: Path, text: str) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    return fresh
