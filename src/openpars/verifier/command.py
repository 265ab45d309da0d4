"""The command `openpars-verify`: arguments, words, exit codes."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from openpars.errors import BadInput, LogBroken, OpenParsError
from openpars.translog.rules import note
from openpars.translog.rules.encoding import to_base64
from openpars.verifier import accounting, folder, log, receipt, sources, trust

VERIFIED, UNVERIFIED, MALFORMED, UNREADABLE = 0, 1, 2, 3
TELL_EVERY = 0.2
"""Seconds between two lines of progress."""

Result = dict[str, object]


def main(arguments: Sequence[str] | None = None) -> None:
    """Verify what the command line names, print the outcome, and exit with the code that means it."""
    chosen = _parser().parse_args(arguments)
    try:
        result, words = chosen.run(chosen)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        sys.exit(_complain(error, as_json=chosen.json))
    _print([json.dumps({"verified": True} | result)] if chosen.json else words, sys.stdout)
    sys.exit(VERIFIED)


def _print(lines: Sequence[str], stream: TextIO) -> None:
    """Print lines whose words others may have chosen: what a terminal would obey, and not show, is escaped."""
    for line in lines:
        text = "".join(
            one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in line
        )
        encoding = stream.encoding or "ascii"
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="openpars-verify",
        description="Check receipts and logs of OpenPARS, offline and without trusting their keeper.",
        epilog="Exit codes: 0 it verifies; 1 it does not; 2 malformed input; 3 it could not be read.",
    )
    verbs = parser.add_subparsers(required=True, metavar="receipt|log|since|accounting")
    one = verbs.add_parser("receipt", help="verify one receipt (a .tlog-proof file), or all of a folder")
    one.add_argument("file", type=Path, metavar="FILE|FOLDER")
    one.add_argument("--answer", type=Path, metavar="FILE", help="an answer as saved, to hold against it")
    one.set_defaults(run=_receipt)
    whole = verbs.add_parser("log", help="verify a whole log, every entry and every tile")
    whole.add_argument("--since", type=Path, metavar="FILE", help="a checkpoint kept from earlier")
    since = verbs.add_parser("since", help="verify in a moment that a log continues a kept checkpoint")
    since.add_argument("since", type=Path, metavar="CHECKPOINT", help="a checkpoint kept from earlier")
    account = verbs.add_parser(
        "accounting", help="verify who was told of a person, and that nobody is left out"
    )
    account.add_argument("file", type=Path, metavar="FILE")
    for verb, run, all_of_it in ((whole, _log, True), (since, _log, False), (account, _accounting, True)):
        verb.add_argument(
            "place", metavar="URL|FOLDER", help="the log's address, or a folder of exported files"
        )
        verb.set_defaults(run=run, whole=all_of_it)
    for verb in (one, whole, since, account):
        verb.add_argument("--key", action="append", default=[], metavar="VKEY", help="a key of the log's")
        verb.add_argument("--key-file", type=Path, metavar="FILE", help="a file of its keys, one a line")
        verb.add_argument("--policy", type=Path, metavar="FILE", help="who must have signed (tlog-policy)")
        verb.add_argument("--json", action="store_true", help="answer with one JSON object")
    return parser


def _receipt(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    if chosen.file.is_dir():
        return _folder(chosen)
    trusted = trust.find(chosen.key, chosen.key_file, chosen.file.parent, chosen.policy)
    found = receipt.verify(chosen.file, trusted, chosen.answer)
    stated = found.witnessed.checkpoint
    words = [
        f"Verified: entry {found.index:,} of {stated.origin}, in the signed tree of {stated.size:,} entries.",
        *(f"Verified: the {name} is the one that the entry commits to." for name in found.opened),
        *_trust_words(trusted, found.witnessed),
        "The entry:",
        *json.dumps(found.entry, indent=2).splitlines(),
    ]
    result: Result = {"index": found.index, "entry": found.entry, "opened": list(found.opened)}
    return result | _trust_result(trusted, found.witnessed), words


def _folder(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted = trust.find(chosen.key, chosen.key_file, chosen.file, chosen.policy)
    found = folder.verify(chosen.file, trusted, _progress("receipts", shown=_watched(chosen)))
    stated, cautions = found.last.checkpoint, []
    words = [
        f"Verified: {found.receipts:,} receipts, and {found.opened:,} values that their entries commit to.",
        f"They are of {stated.origin}, in signed trees of up to {stated.size:,} entries.",
    ]
    for name, unsaid in found.tables.items():
        words.append(f"Verified: {name} has one row for each receipt, which says what its entry says.")
        words += [f"Not in every entry, so partly the keeper's word: {', '.join(unsaid)}."] if unsaid else []
    if found.searched:
        words.append("Verified: these are all that the search found, by its own entry.")
    elif found.tables:
        cautions.append("nothing shows that the search's list is whole: put its receipt into search/")
    result: Result = {"receipts": found.receipts, "opened": found.opened, "tables": dict(found.tables)}
    result |= {"searched": found.searched} | _trust_result(trusted, found.last, *cautions)
    return result, words + _trust_words(trusted, found.last, *cautions)


def _log(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted = _find_beside(chosen)
    since = sources.read_file(chosen.since, note.LONGEST) if chosen.since else None
    if chosen.whole:
        found, older = log.verify(chosen.place, trusted, since, _progress("entries", shown=_watched(chosen)))
    else:
        found, older = log.continues(chosen.place, trusted, since or b"")
    size, origin = found.checkpoint.size, found.checkpoint.origin
    words = [f"Verified: the checkpoint of {size:,} entries of {origin} is signed."]
    if chosen.whole:
        words = [f"Verified: {size:,} entries of {origin}, each under the signed root hash."]
    if older is not None:
        words.append(f"Verified: it still begins with the {older.size:,} entries of the older checkpoint.")
    result: Result = {"since": None if older is None else older.size}
    return result | _trust_result(trusted, found), words + _trust_words(trusted, found)


def _accounting(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted, progress = _find_beside(chosen), _progress("entries", shown=_watched(chosen))
    found, told = accounting.verify(chosen.file, chosen.place, trusted, progress)
    result = told.facts | _trust_result(trusted, found, *told.cautions)
    return result, told.words + _trust_words(trusted, found, *told.cautions)


def _find_beside(chosen: argparse.Namespace) -> trust.Trust:
    beside = None if sources.is_address(chosen.place) else Path(chosen.place)
    return trust.find(chosen.key, chosen.key_file, beside, chosen.policy)


def _watched(chosen: argparse.Namespace) -> bool:
    return sys.stderr.isatty() and not chosen.json


def _progress(what: str, *, shown: bool) -> Callable[[int, int], None]:
    begun = told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if shown and (done == total or now - told >= TELL_EVERY):
            told = now
            left = (now - begun) / done * (total - done)
            text = f"\r{done:,} of {total:,} {what}, {left:.0f} s left " + "\n" * (done == total)
            print(text, end="", file=sys.stderr, flush=True)

    return tell


def _trust_result(trusted: trust.Trust, found: trust.Witnessed, *cautions: str) -> Result:
    stated = found.checkpoint
    return {
        "origin": stated.origin,
        "size": stated.size,
        "root": to_base64(stated.root),
        "witnesses": {one.key.name: one.time for one in found.cosignatures},
        "key": str(found.keys[0]),
        "key_from": trusted.source,
        "caution": "; ".join([*cautions, *trusted.cautions]) or None,
    }


def _trust_words(trusted: trust.Trust, found: trust.Witnessed, *cautions: str) -> list[str]:
    words = [f"Witness: {one.key.name} signed on {trust.moment(one.time)}" for one in found.cosignatures]
    words += [f"Key: {key} (from {trusted.source})" for key in found.keys]
    return words + [f"Caution: {words}." for words in (*cautions, *trusted.cautions)]


def _complain(error: Exception, *, as_json: bool) -> int:
    fails = isinstance(error, (note.Unverified, LogBroken))
    code = UNVERIFIED if fails else MALFORMED if isinstance(error, BadInput) else UNREADABLE
    says = {UNVERIFIED: "Does not verify", MALFORMED: "Malformed", UNREADABLE: "Cannot be read"}[code]
    kind, message = type(error).__name__, str(error)
    if not isinstance(error, OpenParsError):
        # Ours, not the log's: whatever it is, it must not look as if the log did not verify.
        message = f"a fault of this checker, please report it: {kind} {message}"
    if as_json:
        _print([json.dumps({"verified": False, "error": {"code": kind, "message": message}})], sys.stdout)
    else:
        _print([f"{says}: {message}"], sys.stderr)
    return code
