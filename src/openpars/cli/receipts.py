"""Receipts on disk: the proof, the answer that it covers, and the log's public key beside them."""

import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from openpars import clock
from openpars.errors import BadInput, Fault

PATIENCE = 10.0
"""Seconds to wait for another integrator (a running `openpars serve`) to cover an entry."""


@dataclass(frozen=True)
class Kept:
    """Where a receipt and its answer were written."""

    receipt: Path
    answer: Path


def must_hold(folder: Path) -> None:
    """Make the folder, and raise BadInput where nothing can be written into it: better before anything is asked."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise BadInput.one("--receipts", f"no receipt can be written there: {error.strerror}") from None


def keep(*, disclosure: UUID, asker: UUID, body: dict[str, object] | None, salt: bytes, folder: Path) -> Kept:
    """Wait until the log covers the disclosure, then write `<disclosure>.tlog-proof`, `.answer.json` and
    `log.vkey` into `folder`. The answer holds personal values: the files are its owner's alone to read.

    Where the log's witnesses have not signed within PATIENCE seconds, the receipt is one without them. Raises
    Fault when nobody integrates the log in that time."""
    from openpars.disclosure import queries
    from openpars.translog import actions, signers

    signer = signers.configured()
    deadline = time.monotonic() + PATIENCE
    while (text := queries.receipt_of(disclosure, asker=asker).text) is None:
        actions.integrate(signer=signer, at=clock.now())
        if not actions.publish(at=clock.now()).published:
            time.sleep(0.05)
        if time.monotonic() > deadline:
            text = queries.receipt_of(disclosure, asker=asker, witnessed=False).text
            break
    if text is None:
        raise Fault("The log has not covered this entry: look at `openpars log status`.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = Kept(folder / f"{disclosure}.tlog-proof", folder / f"{disclosure}.answer.json")
    _write(kept.receipt, text)
    _write(
        kept.answer,
        json.dumps({"answer": body, "opening": {"salt": salt.hex()}}, indent=1, ensure_ascii=False),
    )
    _write(folder / "log.vkey", "".join(f"{key}\n" for key in signer.trusted))
    return kept


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
