"""Which key the verifier trusts, and where it had it from."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from openpars.errors import FileMalformed
from openpars.translog.rules import note
from openpars.verifier import sources

VARIABLE = "OPENPARS_LOG_VKEY"
BESIDE = "log.vkey"
_LONGEST = 4096


@dataclass(frozen=True)
class Trusted:
    """A verifier key and its origin in words. `given` is False where it lay beside what it verifies."""

    key: note.VerifierKey
    source: str
    given: bool = True

    @property
    def caution(self) -> str | None:
        """What the reader must know of the key before relying on it; None where there is nothing to say."""
        if self.given:
            return None
        return "the key came with what it verifies: compare it with one that you had from elsewhere"


def find(
    key: str | None, key_file: Path | None, beside: Path | None, environment: Mapping[str, str] = os.environ
) -> Trusted:
    """The key from --key, else --key-file, else OPENPARS_LOG_VKEY, else log.vkey in the folder `beside`.

    Raises FileMalformed where there is none, or where the first that there is is no verifier key.
    """
    if key is not None:
        return Trusted(note.parse_key(key), "--key")
    if key_file is not None:
        return Trusted(_read(key_file), f"--key-file {key_file}")
    if environment.get(VARIABLE):
        return Trusted(note.parse_key(environment[VARIABLE]), VARIABLE)
    if beside is not None and (beside / BESIDE).exists():
        return Trusted(_read(beside / BESIDE), str(beside / BESIDE), given=False)
    raise FileMalformed.one("verifier key", f"is not given: use --key, --key-file or {VARIABLE}")


def _read(path: Path) -> note.VerifierKey:
    text = sources.read_file(path, _LONGEST).decode("utf-8", "replace")
    return note.parse_key(text.strip())
