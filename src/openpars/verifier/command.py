"""The command `openpars-verify`: arguments, words, exit codes."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from openpars.errors import BadInput, LogBroken, OpenParsError
from openpars.translog.rules import note
from openpars.translog.rules.encoding import to_base64
from openpars.verifier import keys, log, receipt, sources

VERIFIED, UNVERIFIED, MALFORMED, UNREADABLE = 0, 1, 2, 3

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
    print(json.dumps(result) if chosen.json else "\n".join(words))
    sys.exit(VERIFIED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="openpars-verify",
        description="Check receipts and logs of OpenPARS, offline and without trusting their keeper.",
        epilog="Exit codes: 0 it verifies; 1 it does not; 2 malformed input; 3 it could not be read.",
    )
    verbs = parser.add_subparsers(required=True, metavar="receipt|log")
    one = verbs.add_parser("receipt", help="verify one receipt (a .tlog-proof file)")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--answer", type=Path, metavar="FILE", help="an answer as saved, to hold against it")
    one.set_defaults(run=_receipt)
    whole = verbs.add_parser("log", help="verify a whole log, every entry and every tile")
    whole.add_argument("place", metavar="URL|FOLDER", help="the log's address, or a folder of exported files")
    whole.add_argument("--since", type=Path, metavar="FILE", help="a checkpoint kept from earlier")
    whole.set_defaults(run=_log)
    for verb in (one, whole):
        verb.add_argument("--key", metavar="VKEY", help="the log's verifier key: name+hex+base64")
        verb.add_argument("--key-file", type=Path, metavar="FILE", help="a file that holds it")
        verb.add_argument("--json", action="store_true", help="answer with one JSON object")
    return parser


def _receipt(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    trusted = keys.find(chosen.key, chosen.key_file, chosen.file.parent)
    found = receipt.verify(chosen.file, trusted.key, chosen.answer)
    stated = found.checkpoint
    words = [
        f"Verified: entry {found.index:,} of {stated.origin}, in the signed tree of {stated.size:,} entries.",
        *(["Verified: the answer is the one that the entry commits to."] if found.answer else []),
        *_key_words(trusted),
        "The entry:",
        json.dumps(found.entry, indent=2),
    ]
    result: Result = {"verified": True, "index": found.index, "entry": found.entry, "answer": found.answer}
    return result | _checkpoint_result(stated.origin, stated.size, stated.root) | _key_result(trusted), words


def _log(chosen: argparse.Namespace) -> tuple[Result, list[str]]:
    beside = None if sources.is_address(chosen.place) else Path(chosen.place)
    trusted = keys.find(chosen.key, chosen.key_file, beside)
    progress = _progress(shown=sys.stderr.isatty() and not chosen.json)
    stated, older = log.verify(chosen.place, trusted.key, chosen.since, progress)
    words = [f"Verified: {stated.size:,} entries of {stated.origin}, each under the signed root hash."]
    if older is not None:
        words.append(f"Verified: it still begins with the {older.size:,} entries of the older checkpoint.")
    result: Result = {"verified": True, "since": None if older is None else older.size}
    result |= _checkpoint_result(stated.origin, stated.size, stated.root) | _key_result(trusted)
    return result, words + _key_words(trusted)


def _progress(*, shown: bool) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        if shown:
            end = "\n" if done == total else ""
            print(f"\r{done:,} of {total:,} entries", end=end, file=sys.stderr, flush=True)

    return tell


def _checkpoint_result(origin: str, size: int, root: bytes) -> Result:
    return {"origin": origin, "size": size, "root": to_base64(root)}


def _key_result(trusted: keys.Trusted) -> Result:
    return {"key": str(trusted.key), "key_from": trusted.source, "caution": trusted.caution}


def _key_words(trusted: keys.Trusted) -> list[str]:
    words = [f"Key: {trusted.key} (from {trusted.source})"]
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
