"""The log and its witnesses: `set_policy` says who they are, `publish` asks them, `resume` goes on after one of them
has seen what this database has not; and `enter_key` says by which keys they know it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from openpars.errors import Conflict, FileMalformed
from openpars.translog import queries, witnesses
from openpars.translog.actions.integrating import append
from openpars.translog.models import Cosignature, Halt, Policy, Publication
from openpars.translog.rules import canonical, cosignature, note, policy, witness

CLOCK_TOLERANCE = 3600
"""Seconds by which a witness's clock may differ from ours before its cosignature is refused."""
FRESH = timedelta(hours=1)
"""How old a cosignature may be before it is asked for anew, though the log has not grown: or one that is idle would
look like one that was stopped."""
POLICY_ENTRY = "openpars.witness-policy/1"
KEY_ENTRY = "openpars.log-key/1"

Asking = Callable[[Mapping[str, witnesses.Ask]], dict[str, witnesses.Answer]]
"""How witnesses are asked: over HTTP, all at once."""


def set_policy(*, text: str, by: str, at: datetime) -> policy.Policy:
    """Put a witness policy (c2sp.org/tlog-policy) in force, `by` whom it says; the log has an entry of it.

    Raises FileMalformed where `text` is none, or names a witness without saying where to ask it.
    """
    read = policy.parse(text.encode())
    for one in read.witnesses:
        if one.url is None or not one.url.startswith(("http://", "https://")):
            raise FileMalformed.one("policy", f"does not say at which http(s) address to ask {one.name}")
    with transaction.atomic():
        Policy.objects.create(text=text, set_at=at, set_by=by)
        append(leaf=canonical.encode({"type": POLICY_ENTRY, "policy": text, "by": by, "at": _stamp(at)}))
    return read


def enter_key(*, key: note.VerifierKey, change: str, by: str, at: datetime) -> None:
    """Enter, in the caller's transaction, what becomes of one of the log's keys: it has `begun`, was `retired` or
    `distrusted`. So whoever reads the log sees which key follows which."""
    append(
        leaf=canonical.encode(
            {"type": KEY_ENTRY, "key": str(key), "change": change, "by": by, "at": _stamp(at)}
        )
    )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Published:
    """What one call of `publish` did: the size that was asked about, who has cosigned it by now, what went wrong
    with whom, in words, and whether the checkpoint of that size is published."""

    size: int
    cosigned: tuple[str, ...]
    problems: dict[str, str]
    published: bool


def publish(
    *,
    at: datetime,
    but_not: Collection[str] = (),
    everybody: bool = False,
    ask: Asking = witnesses.ask_all,
) -> Published:
    """Ask the witnesses that have not cosigned the latest checkpoint, or not of late, to do so, and publish it once the
    policy is met. Whoever is named in `but_not` is not asked this time; otherwise, `everybody` is.

    A witness that has seen more than this database holds, or another history, halts the log: nothing more is signed
    until somebody has looked (`resume`). No transaction is open while they are waited for, so that a witness which is
    down or slow holds up nothing else.
    """
    latest, wanted = queries.latest(), queries.witness_policy()
    if latest is None:
        return Published(0, (), {}, published=False)
    asked = [
        one
        for one in queries.witnesses()
        if one.witness.name not in but_not and (everybody or not _fresh(one, latest, at))
    ]
    known = {one.witness.name: one.witness for one in asked}
    answers = ask({one.witness.name: _ask(one.witness, one.size or 0, latest, at) for one in asked})
    # 409: a witness that knows us by another size than we remember says which; it is asked once more.
    told = {name: one.cosigned for name, one in answers.items() if one.cosigned is not None}
    again = {name: size for name, size in told.items() if size <= latest.size}
    answers |= ask({name: _ask(known[name], size, latest, at) for name, size in again.items()})
    problems = _keep_cosignatures(known, answers, latest, at, set(told) - set(again))
    problems |= _halt_at_forks(told, answers, at)
    return _published(latest, wanted, problems, at)


def _fresh(one: queries.WitnessView, latest: queries.CheckpointView, at: datetime) -> bool:
    """Whether a witness has cosigned the latest checkpoint, and lately."""
    return one.size == latest.size and one.cosigned_at is not None and at - one.cosigned_at < FRESH


def _halt_at_forks(
    told: Mapping[str, int], answers: Mapping[str, witnesses.Answer], at: datetime
) -> dict[str, str]:
    """Halt the log where a witness says that it has seen what this database has not; who says so, and what."""
    # Read anew: whoever else publishes may have shown them more than we knew of when we asked.
    here = queries.signed_size()
    found = {
        name: f"has cosigned {size} entries, more than our {here}: THE LOG HAS FORKED, or this database was restored"
        " from an old backup"
        for name, size in told.items()
        if size > here
    }
    found |= {name: one.problem for name, one in answers.items() if one.status == witness.INCONSISTENT}
    if found and not queries.halted():
        why = "; ".join(f"the witness {name} {words}" for name, words in found.items())
        Halt.objects.create(halted_at=at, why=why)
    return found


def resume(*, by: str, at: datetime) -> None:
    """Let the log sign on, `by` whom: once it is known why it had halted, and that nothing is signed twice.

    Raises Conflict where it has not halted."""
    if not Halt.objects.filter(resumed_at__isnull=True).update(resumed_at=at, resumed_by=by):
        raise Conflict("The log has not halted.")


def _ask(one: policy.Witness, old: int, latest: queries.CheckpointView, at: datetime) -> witnesses.Ask:
    path = queries.consistency(old, latest) if old else []
    return witnesses.Ask(one.url or "", witness.Request(old, tuple(path), latest.text), at)


def _keep_cosignatures(
    known: Mapping[str, policy.Witness],
    answers: Mapping[str, witnesses.Answer],
    latest: queries.CheckpointView,
    at: datetime,
    failed: Collection[str],
) -> dict[str, str]:
    """Keep each answer's cosignature that fits; what is wrong with the others."""
    problems = {}
    for name, answer in answers.items():
        if name in failed:
            continue
        try:
            line, stated_at = _check(known[name], answer, latest, at)
        except FileMalformed as error:
            problems[name] = str(error).removeprefix(f"{name}: ")
            continue
        # Whoever else publishes at the same moment may have kept this witness's line before us.
        Cosignature.objects.bulk_create(
            [Cosignature(size=latest.size, witness=name, line=line, cosigned_at=stated_at)],
            ignore_conflicts=True,
        )
    return problems


def _check(
    one: policy.Witness, answer: witnesses.Answer, latest: queries.CheckpointView, at: datetime
) -> tuple[str, datetime]:
    """The line of the witness's own key in its answer, and its time. Raises FileMalformed."""
    if answer.problem or answer.cosigned is not None:
        raise FileMalformed.one(one.name, answer.problem or "does not know by which size it knows us")
    lines = cosignature.parse_lines(answer.lines)
    ours = [line for line in lines if (line.name, line.key_id) == (one.key.name, one.key.id)]
    found = cosignature.verify(note.Note(note.parse(latest.text.encode()).body, tuple(ours)), [one.key])
    if not found:
        raise FileMalformed.one(one.name, "answered without a line of its own key")
    apart = found[0].time - int(at.timestamp())
    if abs(apart) > CLOCK_TOLERANCE:
        raise FileMalformed.one(one.name, f"has a clock that is {apart} s off ours: its line is refused")
    return str(ours[0]), datetime.fromtimestamp(found[0].time, UTC)


def _published(
    latest: queries.CheckpointView, wanted: policy.Policy, problems: dict[str, str], at: datetime
) -> Published:
    signed = note.parse((latest.text + queries.cosignatures(latest.size)).encode())
    keys = [one.key for one in cosignature.verify(signed, wanted.keys)]
    names = tuple(one.name for one in wanted.witnesses if one.key in keys)
    enough = wanted.met(keys)
    if enough and not Publication.objects.filter(size=latest.size).exists():
        Publication.objects.bulk_create(
            [Publication(size=latest.size, published_at=at)], ignore_conflicts=True
        )
    return Published(latest.size, names, problems, enough)
