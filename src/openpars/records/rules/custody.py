"""Who may move a prisoner where: custody is a history with an owner, and an office moves whom it answers for.

Police have a person until a magistrate has decided, and may let go before that (Pa.R.Crim.P. 519(B); no charge). To
commit is the magistrate's alone: by the decision at the arraignment or by a change of bail, verbs of their own.
Whoever is committed leaves the prison by bail posted or by the court; police move nobody whom a magistrate has decided
about. A person at liberty comes back by a change of bail or by a new arrest.
"""

from collections.abc import Sequence

from openpars.errors import Conflict
from openpars.records.rules.lifecycle import HELD, Custody, Office

_FREE = frozenset({Custody.RELEASED})


def moves(office: str | None, steps: Sequence[str], *, arraigned: bool) -> frozenset[Custody]:
    """The states in which people of `office` may record a person whose custody went through `steps` so far, the one
    that stands among them where they may confirm it. `arraigned`: whether a magistrate has decided. None: a machine,
    which may what any office may. Words of files from elsewhere are no obstacle."""
    if office is None:
        return frozenset().union(*(moves(each, steps, arraigned=arraigned) for each in Office))
    before = steps[-1] if steps else ""
    if before == Custody.RELEASED or office not in (Office.POLICE, Office.COURT):
        return frozenset()
    if office == Office.POLICE:
        if not arraigned:
            return HELD | _FREE if before != Custody.COMMITTED else frozenset()
        # Brought to the hospital from the prison: police may answer for the person there, and say that they do.
        return frozenset({Custody(before)}) if before in HELD else frozenset()
    if not arraigned and before != Custody.COMMITTED:
        return HELD | _FREE
    back = frozenset({Custody.COMMITTED}) if committed(steps) else frozenset()
    return frozenset({Custody.HOSPITAL, Custody.AT_COURT}) | back | _FREE


def committed(steps: Sequence[str]) -> bool:
    """Whether a magistrate's commitment stands: it was not followed by a release."""
    decided = [step for step in steps if step in (Custody.COMMITTED, Custody.RELEASED)]
    return bool(decided) and decided[-1] == Custody.COMMITTED


def check_move(office: str | None, after: Custody, steps: Sequence[str], *, arraigned: bool) -> None:
    """That people of `office` may record `after` next; the same again confirms it. Raises Conflict, in words."""
    can = moves(office, steps, arraigned=arraigned)
    if after in can:
        return
    before = steps[-1] if steps else "not known"
    if after == Custody.COMMITTED:
        raise Conflict(
            "only a magistrate commits: by the decision at the arraignment, or by a change of bail"
        )
    if before == Custody.RELEASED:
        raise Conflict("a person who is released comes back by a change of bail, or by a new arrest")
    if not can:
        raise Conflict(
            f"a person who is {before} leaves by bail posted or by the court, which answers for them"
        )
    then = " or ".join(sorted(can - {before}))
    raise Conflict(f"a person who is {before} cannot be {after} next, only {then}")
