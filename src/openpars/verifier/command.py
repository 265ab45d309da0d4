"""The command `openpars-verify`: arguments, words, exit codes."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from openpars.errors import BadInput, LogBroken, OpenParsError, Problem
from openpars.translog.rules import note, opening, table
from openpars.translog.rules.encoding import to_base64
from openpars.verifier import accounting, log, receipt, sources, trust

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
        return _receipts(chosen)
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


def _receipts(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted = trust.find(chosen.key, chosen.key_file, chosen.file, chosen.policy)
    tell, opened, name = _progress(shown=_watched(chosen)), 0, ""
    entries: dict[str, dict[str, object]] = {}
    paths = sorted(chosen.file.rglob("*.tlog-proof"))
    if not paths:
        raise sources.Missing(f"{chosen.file}: has no .tlog-proof file")
    try:
        for done, path in enumerate(paths, start=1):
            name, answer = path.name, path.with_suffix(".json")
            found = receipt.verify(path, trusted, answer if answer.exists() else None)
            opened += len(found.opened)
            if path.parent.name == "receipts":
                entries[path.stem] = opening.says(found.entry, found.opened) | {"index": found.index}
            tell(done, len(paths))
    except BadInput as error:
        # Which of them: the message alone would not say.
        named = [Problem(f"{name}, {one.where}", one.what, one.line) for one in error.problems]
        raise type(error)(named) from error
    words = [f"Verified: {len(paths):,} receipts, and {opened:,} values that their entries commit to."]
    tables = {}
    for path in sorted(chosen.file.glob("*.csv")):
        unsaid = table.check(path.name, sources.read_file(path, table.LONGEST), entries)
        words.append(f"Verified: {path.name} has one row for each receipt, which says what its entry says.")
        words += [f"Not in every entry, so partly the keeper's word: {', '.join(unsaid)}."] if unsaid else []
        tables[path.name] = unsaid
    words += [f"Caution: {trusted.caution}."] if trusted.caution else []
    told = {"receipts": len(paths), "opened": opened, "tables": tables, "caution": trusted.caution}
    return told, words


def _log(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted = _find_beside(chosen)
    since = sources.read_file(chosen.since, note.LONGEST) if chosen.since else None
    if chosen.whole:
        found, older = log.verify(chosen.place, trusted, since, _progress(shown=_watched(chosen)))
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
    trusted = _find_beside(chosen)
    found, told = accounting.verify(chosen.file, chosen.place, trusted, _progress(shown=_watched(chosen)))
    words = [f"Verified: {told['lines']:,} lines, each what the log says, under the signed root hash."]
    if told["keys"]:
        words.append(
            f"Verified: {told['keyed']:,} of them, and no other of the log's first {told['size']:,} entries, carry"
            " one of the person's keys."
        )
    else:
        words.append("Caution: no key came with it, so nobody can tell yet whether a line is missing.")
    if told["later"]:
        words.append(f"Note: {told['later']:,} entries that carry one were made after this file.")
    if told["until"]:
        words.append(f"Put off: {told['delayed']:,} lines, the last until {told['until']}.")
    return told | _trust_result(trusted, found), words + _trust_words(trusted, found)


def _find_beside(chosen: argparse.Namespace) -> trust.Trust:
    beside = None if sources.is_address(chosen.place) else Path(chosen.place)
    return trust.find(chosen.key, chosen.key_file, beside, chosen.policy)


def _watched(chosen: argparse.Namespace) -> bool:
    return sys.stderr.isatty() and not chosen.json


def _progress(*, shown: bool) -> Callable[[int, int], None]:
    begun = told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if shown and (done == total or now - told >= TELL_EVERY):
            told = now
            left = (now - begun) / done * (total - done)
            text = f"\r{done:,} of {total:,} entries, {left:.0f} s left " + "\n" * (done == total)
            print(text, end="", file=sys.stderr, flush=True)

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
