"""`openpars.accounting/1` (specs/accounting.md 3): who was told of a person, as a file, and that file held against the
entries of a log, one after the other. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from openpars.errors import BadInput, FileMalformed
from openpars.translog.rules import canonical, checkpoint, note, opening
from openpars.translog.rules.merkle import MAX_SIZE

FORMAT = "openpars.accounting/1"
LONGEST = 1 << 23
"""Bytes of a file: some ten thousand lines."""
STATED = frozenset({"at", "agency", "kind", "permit", "disclosure"})
"""What each line must say of its entry, at least."""
_NAMED = re.compile(rb'"disclosure":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
_KEY = re.compile("[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass(frozen=True)
class Line:
    """One line: the tags that its entry must carry, the members that it must have, in canonical form, and what opens
    its case, where the file says that."""

    tags: frozenset[str]
    says: Mapping[str, bytes]
    opening: object


@dataclass(frozen=True)
class Account:
    """A file. It speaks of the first `size` entries of the log, as many as the signed `checkpoint` covers (0 and empty
    where nothing was published); `lines` are by index."""

    size: int
    checkpoint: bytes
    keys: tuple[bytes, ...]
    lines: Mapping[int, Line]
    delayed: int
    until: str | None
    waiting: int


@dataclass(frozen=True)
class Entry:
    """An entry about the person, as the log has it: `keyed` where it carries one of the person's keys, `listed` where
    it is a line of the file; `case` where the file opens it."""

    index: int
    members: Mapping[str, object]
    keyed: bool
    listed: bool
    case: object = None

    def __str__(self) -> str:
        """Its facts in one line, each as the entry has it and none as the file words it."""
        facts = [self.members.get(name) for name in ("at", "agency", "kind")]
        named = {name: self.members.get(name) for name in ("permit", "purpose")} | {"case": self.case}
        said = [*map(str, facts), *(f"{name} {value}" for name, value in named.items() if value)]
        return f"Entry {self.index:,}: {', '.join(said)}"


@dataclass(frozen=True)
class Outcome:
    """An account that holds: each line is what its entry says, and none is missing that a key finds up to its
    checkpoint. `entries` are those about the person, in the log's order."""

    account: Account
    entries: tuple[Entry, ...]

    @property
    def facts(self) -> dict[str, object]:
        """What was found, for programs."""
        listed, told = [one for one in self.entries if one.listed], self.account
        return {
            "lines": len(listed),
            "keys": len(told.keys),
            "keyed": sum(one.keyed for one in listed),
            "covers": told.size,
            "later": len(self.entries) - len(listed),
            "waiting": told.waiting,
            "delayed": told.delayed,
            "until": told.until,
            "entries": [
                {"index": one.index, "listed": one.listed, "entry": one.members, "case": one.case}
                for one in self.entries
            ],
        }

    @property
    def words(self) -> list[str]:
        """The same for people: each entry by itself, never in the file's sentences, which nothing checks."""
        facts, told = self.facts, self.account
        words = [f"Verified: {facts['lines']:,} lines, each what the log says, under the signed root hash."]
        if told.keys:
            words.append(
                f"Verified: {facts['keyed']:,} of them, and no other of the log's first {told.size:,} entries, carry"
                " one of the person's keys."
            )
        if facts["later"]:
            words.append(f"Note: {facts['later']:,} entries that carry one come after those {told.size:,}.")
        if told.until:
            words.append(f"Put off: {told.delayed:,} lines, the last until {told.until}.")
        if self.entries:
            words.append("What the entries say (the sentences in the file are its keeper's own):")
        return [*words, *map(str, self.entries)]

    @property
    def cautions(self) -> list[str]:
        """What the reader must know before relying on it."""
        said, later = [], sum(not one.listed for one in self.entries)
        if not self.account.keys:
            said.append("no key came with it, so nobody can tell yet whether a line is missing")
        if later > self.account.waiting:
            said.append(
                f"{later:,} entries are no lines of the file, which says that {self.account.waiting:,} were to come:"
                " ask for a new file"
            )
        return said


def parse(data: bytes) -> Account:
    """The accounting in a file. Raises FileMalformed; note.Unverified where it speaks of another part of the log than
    the checkpoint that it holds: then nobody knows what it is complete about."""
    told = opening.load(data, "accounting")
    try:
        read = _read(_object(told))
    except (ValueError, KeyError, BadInput):
        raise FileMalformed.one("accounting", f"is not of the format {FORMAT}") from None
    covered = checkpoint.parse(note.parse(read.checkpoint).body).size if read.checkpoint else 0
    if read.size != covered:
        what = f"speaks of {read.size} entries, but holds a checkpoint of {covered}"
        raise note.Unverified.one("accounting", what)
    return read


def _read(told: Mapping[str, object]) -> Account:
    log, delayed, lines = _object(told["log"]), _object(told["delayed"]), _items(told["lines"])
    account = Account(
        size=_count(log["size"]),
        checkpoint=_text(log["checkpoint"]).encode(),
        keys=tuple(bytes.fromhex(_text(key, _KEY)) for key in _items(told["keys"])),
        lines=dict(map(_line, lines)),
        delayed=_count(delayed["lines"]),
        until=None if delayed["until"] is None else _text(delayed["until"], _MOMENT),
        waiting=_count(told["waiting"]),
    )
    fits = told["format"] == FORMAT and all(index < account.size for index in account.lines)
    once = len(account.lines) == len(lines) and len(set(account.keys)) == len(account.keys)
    # What the keys find is complete up to a checkpoint: up to nothing where there is none.
    if not (fits and once) or (account.keys and not account.checkpoint):
        raise ValueError
    return account


def _line(told: object) -> tuple[int, Line]:
    line = _object(told)
    tags, says = frozenset(map(_text, _items(line["tags"]))), _object(line["says"])
    if not tags or not says.keys() >= STATED:
        raise ValueError
    said = {name: canonical.encode(value) for name, value in says.items()}
    return _count(line["index"]), Line(tags, said, line.get("opening"))


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError
    return value


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError
    return value


def _text(value: object, form: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or (form and not form.fullmatch(value)):
        raise ValueError
    return value


def _count(value: object) -> int:
    # Not isinstance: true is no count.
    if type(value) is not int or not 0 <= value <= MAX_SIZE:
        raise ValueError
    return value


class Held:
    """An account held against a log: shown each entry in turn (`see`), it keeps those about the person."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._found: list[Entry] = []

    def see(self, index: int, leaf: bytes) -> None:
        """Take notice of one entry. Raises note.Unverified where it is not what its line says, or is about the person
        and is no line."""
        account, line = self._account, self._account.lines.get(index)
        # Cheap first: of most entries a hash for each key is all that is needed.
        named = [UUID(found.decode()).bytes for found in _NAMED.findall(leaf)] if account.keys else []
        tags = [hashlib.sha256(key + one).hexdigest().encode() for key in account.keys for one in named]
        keyed = any(tag in leaf for tag in tags)
        if line is None and not keyed:
            return
        if line is None and index < account.size:
            raise note.Unverified.one(
                f"entry {index}", "carries the person's key and is not in the accounting"
            )
        entry = canonical.decode(leaf)
        members = entry if isinstance(entry, dict) else {}
        case = None if line is None else _check(index, members, line)
        self._found.append(Entry(index, members, keyed, line is not None, case))

    @property
    def outcome(self) -> Outcome:
        """What was found, once all entries of a log that verifies were shown."""
        return Outcome(self._account, tuple(self._found))


def _check(index: int, members: Mapping[str, object], line: Line) -> object:
    """The case that the line's opening opens, if any, once the entry is what the line says."""
    tags = members.get("subjects")
    carries = isinstance(tags, list) and line.tags <= {tag for tag in tags if isinstance(tag, str)}
    same = all(
        name in members and canonical.encode(members[name]) == said for name, said in line.says.items()
    )
    if not (carries and same):
        raise note.Unverified.one(f"entry {index}", "is not what the accounting says of it")
    if line.opening is None:
        return None
    return opening.check(members, {"opening": line.opening}).get("case")
