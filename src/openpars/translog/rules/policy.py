"""c2sp.org/tlog-policy: which logs and witnesses somebody trusts, and how many must have signed.

One text serves both ends: the log asks the witnesses that it names and publishes a checkpoint when its quorum
is met; whoever verifies demands the same of what was published.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from openpars.errors import FileMalformed
from openpars.translog.rules import cosignature, note

LONGEST = 1 << 18
"""Bytes of a policy that we read: hundreds of witnesses, post-quantum keys included."""
NONE = "none"


@dataclass(frozen=True)
class Witness:
    """A witness as the policy names it; `url` is its submission prefix, where there is one."""

    name: str
    key: note.VerifierKey
    url: str | None = None


@dataclass(frozen=True)
class Group:
    """At least `least` of `members`, each a witness's or a group's name."""

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Which logs and witnesses are known, and the quorum: a witness's name, a group's, or `none`."""

    logs: tuple[note.VerifierKey, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    @property
    def keys(self) -> tuple[note.VerifierKey, ...]:
        """The witnesses' keys."""
        return tuple(witness.key for witness in self.witnesses)

    def met(self, signers: Collection[note.VerifierKey]) -> bool:
        """Whether cosignatures by `signers` make the quorum."""
        signed = {witness.name for witness in self.witnesses if witness.key in signers}
        # "A group definition can only refer to names defined on preceding lines": one pass decides.
        for group in self.groups:
            if sum(member in signed for member in group.members) >= group.least:
                signed.add(group.name)
        return self.quorum == NONE or self.quorum in signed

    def describe(self) -> str:
        """The quorum in words."""
        if self.quorum == NONE:
            return "nobody"
        groups = {group.name: group for group in self.groups}
        return _words(self.quorum, groups)


def parse(data: bytes) -> Policy:
    """The policy in a file. Raises FileMalformed, naming the line."""
    if len(data) > LONGEST:
        raise FileMalformed.one("policy", f"is longer than {LONGEST} bytes")
    # "All octets with the high bit set are opaque": whatever they are, they come through unchanged.
    text = data.decode("utf-8", "surrogateescape")
    read = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line):
            raise FileMalformed.one("policy", "has a control character", number)
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            read.line(words, number)
    if read.quorum is None:
        raise FileMalformed.one("policy", "has no quorum line")
    return Policy(tuple(read.logs), tuple(read.witnesses), tuple(read.groups), read.quorum)


class _Reader:
    """What was read so far."""

    def __init__(self) -> None:
        self.logs: list[note.VerifierKey] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()

    def line(self, words: list[str], number: int) -> None:
        shapes = {"log": (2, 3), "witness": (3, 4), "group": (4, 10_000), "quorum": (2, 2)}
        least, most = shapes.get(words[0], (0, 0))
        if not least <= len(words) <= most:
            what = "is not a log, witness, group or quorum line of the right length"
            raise FileMalformed.one("policy", what, number)
        getattr(self, f"_{words[0]}")(words[1:], number)

    def _log(self, words: list[str], number: int) -> None:
        self.logs.append(self._key(words[0], number, note.parse_key, self.logs))

    def _witness(self, words: list[str], number: int) -> None:
        self._name(words[0], number)
        key = self._key(words[1], number, cosignature.parse_key, [one.key for one in self.witnesses])
        self.witnesses.append(Witness(words[0], key, words[2] if len(words) == 3 else None))

    def _group(self, words: list[str], number: int) -> None:
        name, threshold, members = words[0], words[1], tuple(words[2:])
        for member in members:
            # "Each defined name can be listed as a group member at most once."
            if member not in self._names or member in self._members:
                raise FileMalformed.one("policy", "lists a member that is unknown or counted already", number)
            self._members.add(member)
        self._name(name, number)
        spelled = {"any": 1, "all": len(members)}
        if threshold not in spelled and not re.fullmatch(r"[1-9][0-9]{0,4}", threshold):
            raise FileMalformed.one("policy", "has a threshold that is not any, all or a number", number)
        least = spelled.get(threshold) or int(threshold)
        if least > len(members):
            raise FileMalformed.one("policy", "wants more members than it lists", number)
        self.groups.append(Group(name, least, members))

    def _quorum(self, words: list[str], number: int) -> None:
        if self.quorum is not None:
            raise FileMalformed.one("policy", "has a second quorum line", number)
        if words[0] != NONE and words[0] not in self._names:
            raise FileMalformed.one("policy", "has a quorum that no line before it defines", number)
        self.quorum = words[0]

    def _name(self, name: str, number: int) -> None:
        if name == NONE or name in self._names:
            raise FileMalformed.one("policy", "defines a name twice, or the name none", number)
        self._names.add(name)

    def _key(
        self,
        vkey: str,
        number: int,
        read: Callable[[str], note.VerifierKey],
        before: Collection[note.VerifierKey],
    ) -> note.VerifierKey:
        try:
            key = read(vkey)
        except FileMalformed as error:
            raise FileMalformed.one("policy", error.problems[0].what, number) from error
        # "Two vkeys are considered duplicate if they wrap the same underlying public key."
        if any(key.public == other.public for other in before):
            raise FileMalformed.one("policy", "repeats a key", number)
        return key


def _words(name: str, groups: Mapping[str, Group]) -> str:
    group = groups.get(name)
    if group is None:
        return name
    members = ", ".join(
        f"({_words(member, groups)})" if member in groups else member for member in group.members
    )
    return members if len(group.members) == 1 else f"{group.least} of {members}"
