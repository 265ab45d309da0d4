"""The command `openpars-verify`: arguments, words, exit codes."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from openpars.errors import BadInput, LogBroken, OpenParsError
from openpars.translog.rules import checkpoint, note
from openpars.translog.rules.encoding import to_base64
from openpars.verifier import log, receipt, sources, trust

VERIFIED, UNVERIFIED, MALFORMED, UNREADABLE = 0, 1, 2, 3
TELL_EVERY = 0.2
"""Seconds between two lines of progress."""

Result = dict[str, object]


def main(arguments: Sequence[str] | None = None) -> None:
    """Verify what the command line names, print the outcome, and exit with the code that means it."""
    chosen = _parser().parse_args(arguments)
    try:
        result, words = chosen.run(chosen)
    except OpenParsError as error:
        sys.exit(_complain(error, as_json=chosen.json))
    except KeyboardInterrupt:
        sys.exit(130)
    print(json.dumps({"verified": True} | result) if chosen.json else "\n".join(words))
    sys.exit(VERIFIED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="openpars-verify",
        description="Check receipts and logs of OpenPARS, offline and without trusting their keeper.",
        epilog="Exit codes: 0 it verifies; 1 it does not; 2 malformed input; 3 it could not be read.",
    )
    verbs = parser.add_subparsers(required=True, metavar="receipt|log|since")
    one = verbs.add_parser("receipt", help="verify one receipt (a .tlog-proof file)")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--answer", type=Path, metavar="FILE", help="an answer as saved, to hold against it")
    one.set_defaults(run=_receipt)
    whole = verbs.add_parser("log", help="verify a whole log, every entry and every tile")
    whole.add_argument("place", metavar="URL|FOLDER", help="the log's address, or a folder of exported files")
    whole.add_argument("--since", type=Path, metavar="FILE", help="a checkpoint kept from earlier")
    whole.set_defaults(run=_log)
    since = verbs.add_parser("since", help="verify in a moment that a log continues a kept checkpoint")
    since.add_argument("since", type=Path, metavar="CHECKPOINT", help="a checkpoint kept from earlier")
    since.add_argument("place", metavar="URL|FOLDER", help="the log's address, or a folder of exported files")
    since.set_defaults(run=_since)
    for verb in (one, whole, since):
        verb.add_argument("--key", action="append", default=[], metavar="VKEY", help="a key of the log's")
        verb.add_argument("--key-file", type=Path, metavar="FILE", help="a file of its keys, one a line")
        verb.add_argument("--policy", type=Path, metavar="FILE", help="who must have signed (tlog-policy)")
        verb.add_argument("--json", action="store_true", help="answer with one JSON object")
    return parser


def _receipt(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted = trust.find(chosen.key, chosen.key_file, chosen.file.parent, chosen.policy)
    found = receipt.verify(chosen.file, trusted, chosen.answer)
    stated = found.witnessed.checkpoint
    words = [
        f"Verified: entry {found.index:,} of {stated.origin}, in the signed tree of {stated.size:,} entries.",
        *(f"Verified: the {name} is the one that the entry commits to." for name in found.opened),
        *_trust_words(trusted, found.witnessed),
        "The entry:",
        json.dumps(found.entry, indent=2),
    ]
    result: Result = {"index": found.index, "entry": found.entry, "opened": list(found.opened)}
    return result | _trust_result(trusted, found.witnessed), words


def _log(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted = _find_beside(chosen)
    progress = _progress(shown=sys.stderr.isatty() and not chosen.json)
    found, older = log.verify(chosen.place, trusted, chosen.since, progress)
    stated = found.checkpoint
    words = [f"Verified: {stated.size:,} entries of {stated.origin}, each under the signed root hash."]
    return _log_result(trusted, found, older, words)


def _since(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted = _find_beside(chosen)
    found, older = log.continues(chosen.place, trusted, chosen.since)
    stated = found.checkpoint
    words = [f"Verified: the checkpoint of {stated.size:,} entries of {stated.origin} is signed."]
    return _log_result(trusted, found, older, words)


def _find_beside(chosen: argparse.Namespace) -> trust.Trust:
    beside = None if sources.is_address(chosen.place) else Path(chosen.place)
    return trust.find(chosen.key, chosen.key_file, beside, chosen.policy)


def _log_result(
    trusted: trust.Trust, found: trust.Witnessed, older: checkpoint.Checkpoint | None, words: list[str]
) -> tuple[Result, list[str]]:
    if older is not None:
        words.append(f"Verified: it still begins with the {older.size:,} entries of the older checkpoint.")
    result: Result = {"since": None if older is None else older.size}
    return result | _trust_result(trusted, found), words + _trust_words(trusted, found)


def _progress(*, shown: bool) -> Callable[[int, int], None]:
    begun = told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if shown and (done == total or now - told >= TELL_EVERY):
            told = now
            left = (now - begun) / done * (total - done)
            end = "\n" if done == total else ""
            text = f"\r{done:,} of {total:,} entries, {left:.0f} s left "
            print(text, end=end, file=sys.stderr, flush=True)

    return tell


def _trust_result(trusted: trust.Trust, found: trust.Witnessed) -> Result:
    stated = found.checkpoint
    return {
        "origin": stated.origin,
        "size": stated.size,
        "root": to_base64(stated.root),
        "witnesses": {one.key.name: one.time for one in found.cosignatures},
        "key": str(trusted.keys[0]),
        "key_from": trusted.source,
        "caution": trusted.caution,
    }


def _trust_words(trusted: trust.Trust, found: trust.Witnessed) -> list[str]:
    words = [f"Witness: {one.key.name} signed on {trust.moment(one.time)}" for one in found.cosignatures]
    words += [f"Key: {key} (from {trusted.source})" for key in trusted.keys]
    return words if trusted.caution is None else [*words, f"Caution: {trusted.caution}."]


def _complain(error: OpenParsError, *, as_json: bool) -> int:
    fails = isinstance(error, (note.Unverified, LogBroken))
    code = UNVERIFIED if fails else MALFORMED if isinstance(error, BadInput) else UNREADABLE
    says = {UNVERIFIED: "Does not verify", MALFORMED: "Malformed", UNREADABLE: "Cannot be read"}[code]
    if as_json:
        kind = type(error).__name__
        print(json.dumps({"verified": False, "error": {"code": kind, "message": str(error)}}))
    else:
        print(f"{says}: {error}", file=sys.stderr)
    return code
