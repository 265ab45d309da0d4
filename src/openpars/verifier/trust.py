"""Whom the verifier trusts, and where it had that from: the log's keys, and the witnesses who must have signed."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpars.errors import FileMalformed
from openpars.translog.rules import checkpoint, cosignature, note, policy
from openpars.verifier import sources

VARIABLE = "OPENPARS_LOG_VKEY"
BESIDE = "log.vkey"
DAY = 24 * 60 * 60
_LONGEST = 1 << 16


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint that verifies, which of the log's keys have signed it, and the cosignatures that count for it."""

    checkpoint: checkpoint.Checkpoint
    keys: tuple[note.VerifierKey, ...]
    cosignatures: tuple[cosignature.Cosignature, ...]


@dataclass(frozen=True)
class Trust:
    """The log's keys and their origin in words; the witnesses' policy, where one was given. `given` is False where
    the keys lay beside what they verify."""

    keys: tuple[note.VerifierKey, ...]
    source: str
    given: bool = True
    wanted: policy.Policy | None = None

    @property
    def cautions(self) -> tuple[str, ...]:
        """What the reader must know before relying on the keys."""
        caution = "the key came with what it verifies: compare it with one that you had from elsewhere"
        return () if self.given else (caution,)

    def check(self, data: bytes) -> Witnessed:
        """A signed checkpoint, once the log and enough witnesses are seen to have signed it.

        Raises FileMalformed where it is none, note.Unverified where a signature fails, is missing, or is dated a
        day or more after now by this machine's clock.
        """
        stated, keys = checkpoint.signed_by(data, *self.keys)
        if self.wanted is None:
            return Witnessed(stated, keys, ())
        found = cosignature.verify(note.parse(data), self.wanted.keys)
        for one in found:
            # The one thing here that needs a clock: nobody can have signed tomorrow.
            if one.time >= time.time() + DAY:
                raise note.Unverified.one(
                    "cosignature", f"of {one.key.name} is dated {moment(one.time)}, a day or more from now"
                )
        if not self.wanted.met([one.key for one in found]):
            by = ", ".join(one.key.name for one in found) or "nobody"
            what = f"is cosigned by {by}, but {self.wanted.describe()} must have signed"
            raise note.Unverified.one("checkpoint", what)
        return Witnessed(stated, keys, found)


def moment(seconds: int) -> str:
    """A time in seconds since 1970, for people; as a number where no calendar reaches."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s after 1970"


def find(
    keys: Sequence[str],
    key_file: Path | None,
    beside: Path | None,
    wanted: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Trust:
    """The keys from --key, else --key-file, else the policy file `wanted`, else OPENPARS_LOG_VKEY, else log.vkey in
    the folder `beside`; and that policy.

    Raises FileMalformed where there is none, or where the first that there is is no verifier key.
    """
    read = policy.parse(sources.read_file(wanted, policy.LONGEST)) if wanted else None
    if keys:
        return Trust(tuple(note.parse_key(key) for key in keys), "--key", wanted=read)
    if key_file is not None:
        return Trust(_read(key_file), f"--key-file {key_file}", wanted=read)
    if read is not None and read.logs:
        return Trust(read.logs, f"--policy {wanted}", wanted=read)
    if environment.get(VARIABLE):
        return Trust(note.parse_keys(environment[VARIABLE]), VARIABLE, wanted=read)
    if beside is not None and (beside / BESIDE).exists():
        return Trust(_read(beside / BESIDE), str(beside / BESIDE), given=False, wanted=read)
    raise FileMalformed.one("verifier key", f"is not given: use --key, --key-file or {VARIABLE}")


def _read(path: Path) -> tuple[note.VerifierKey, ...]:
    return note.parse_keys(sources.read_file(path, _LONGEST).decode("utf-8", "replace"))
