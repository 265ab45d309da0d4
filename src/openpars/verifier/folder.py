"""Verifies a folder of receipts, such as an auditor takes out: each receipt, what opens it, the table of them, and
that they are all that the search found (specs/accounting.md 4.4, 4.5)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from openpars.errors import BadInput, Problem
from openpars.translog.rules import opening, table, tiles
from openpars.verifier import receipt, sources
from openpars.verifier.log import Progress
from openpars.verifier.trust import Trust, Witnessed


@dataclass(frozen=True)
class Verified:
    """How many receipts, and values `opened`; by table, its columns that some entry says nothing of; whether a search's
    own entry shows that it found just these; and the largest checkpoint of them all."""

    receipts: int
    opened: int
    tables: Mapping[str, tuple[str, ...]]
    searched: bool
    last: Witnessed


def verify(folder: Path, trust: Trust, progress: Progress) -> Verified:
    """Verify all receipts below `folder`, and the tables in it. A receipt in `receipts/` is of a row, one in `search/`
    of the search that found the rows; what opens a receipt lies beside it, with the suffix .json.

    Raises as `receipt.verify` does, naming the file; tiles.Missing where there is no receipt."""
    paths = sorted(folder.rglob("*.tlog-proof"))
    entries, found, seen = dict[str, table.Says](), list[list[object]](), list[receipt.Verified]()
    for done, path in enumerate(paths, start=1):
        answer = path.with_suffix(".json")
        with _naming(path.relative_to(folder)):
            one = receipt.verify(path, trust, answer if answer.exists() else None)
        seen.append(one)
        if path.parent == folder / "receipts":
            entries[path.stem] = opening.says(one.entry, one.opened) | {"index": one.index}
        if path.parent == folder / "search" and isinstance(listed := one.opened.get("answer"), list):
            found.append(listed)
        progress(done, len(paths))
    if not seen:
        raise tiles.Missing(f"{folder}: has no .tlog-proof file")
    tables = {
        path.name: table.check(path.name, sources.read_file(path, table.LONGEST), entries)
        for path in sorted(folder.glob("*.csv"))
    }
    for listed in found:
        table.check_list(listed, entries)
    last = max((one.witnessed for one in seen), key=lambda one: one.checkpoint.size)
    return Verified(len(seen), sum(len(one.opened) for one in seen), tables, bool(found), last)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Which file it was: the message alone would not say."""
    try:
        yield
    except BadInput as error:
        named = [Problem(f"{path}, {one.where}", one.what, one.line) for one in error.problems]
        raise type(error)(named) from error
