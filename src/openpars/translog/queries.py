"""Reads of the log. A tile only ever grows at its end, so whoever reads a checkpoint first and tiles after it
needs no snapshot: the tiles hold at least what the checkpoint covers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from psycopg.pq import Format

from openpars.errors import LogBroken, NotFound
from openpars.translog.models import Checkpoint, Cosignature, Entry, Halt, Pending, Policy, Publication, Tile
from openpars.translog.rules import merkle, policy, proof, tiles


@dataclass(frozen=True)
class CheckpointView:
    """A checkpoint: the tree's size and root hash, and the signed note that says so."""

    size: int
    root: bytes
    text: str
    signed_at: datetime


def latest() -> CheckpointView | None:
    """The signed checkpoint of the largest size; None where nothing was integrated yet."""
    row = Checkpoint.objects.order_by("-size").first()
    return None if row is None else CheckpointView(row.size, bytes(row.root), row.text, row.signed_at)


def published() -> CheckpointView | None:
    """The published checkpoint of the largest size, its text with the witnesses' lines; None where none is. It is
    what the public is shown, and what receipts are made of."""
    size = Publication.objects.order_by("-size").values_list("size", flat=True).first()
    if size is None:
        return None
    row = Checkpoint.objects.get(size=size)
    return CheckpointView(row.size, bytes(row.root), row.text + cosignatures(size), row.signed_at)


def cosignatures(size: int) -> str:
    """The witnesses' lines under the checkpoint of a size, perhaps none: of each key the last."""
    rows = Cosignature.objects.filter(size=size).order_by("id")
    return "".join(dict(rows.values_list("key", "line")).values())


def cosigners(size: int) -> tuple[str, ...]:
    """The names of the keys that have cosigned the checkpoint of a size, in order."""
    rows = Cosignature.objects.filter(size=size).order_by("key").values_list("key", flat=True).distinct()
    return tuple(key.rpartition("+")[0] for key in rows)


def witness_policy() -> policy.Policy:
    """The witnesses that are asked and the quorum that publishes; nobody where nothing was set."""
    return policy.parse(policy_text().encode())


def policy_text() -> str:
    """The policy in force as it was given (c2sp.org/tlog-policy)."""
    text = Policy.objects.order_by("-id").values_list("text", flat=True).first()
    return text or f"quorum {policy.NONE}\n"


@dataclass(frozen=True)
class WitnessView:
    """A witness of the policy in force. `size` and `cosigned_at` are of its last cosignature; None: none yet."""

    witness: policy.Witness
    size: int | None = None
    cosigned_at: datetime | None = None


def witnesses() -> tuple[WitnessView, ...]:
    """The witnesses of the policy in force, in its order, and when each last signed."""
    found = []
    for witness in witness_policy().witnesses:
        # By its key: a policy may call it by another name than the one before.
        key = f"{witness.key.name}+{witness.key.id.hex()}"
        last = Cosignature.objects.filter(key=key).order_by("-size", "-id").first()
        found.append(WitnessView(witness, last.size, last.cosigned_at) if last else WitnessView(witness))
    return tuple(found)


@dataclass(frozen=True)
class HaltView:
    """Since when the log signs no more, and why."""

    halted_at: datetime
    why: str


def halted() -> HaltView | None:
    """What has halted the log; None where it signs."""
    row = Halt.objects.filter(resumed_at__isnull=True).order_by("id").first()
    return None if row is None else HaltView(row.halted_at, row.why)


def signed_size() -> int:
    """How many entries the latest signed checkpoint covers, published or not."""
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0


def growth(until: datetime, points: int) -> tuple[tuple[datetime, int], ...]:
    """How many entries were published at `points` moments, evenly from the first to `until`; none where nothing was
    published yet."""
    with connection.cursor() as cursor:
        # One look into the index a moment, however many were published.
        cursor.execute(
            "WITH first AS (SELECT min(published_at) AS at FROM translog_publication),"
            " moment AS (SELECT first.at + (%s::timestamptz - first.at) * (n::float / %s) AS at"
            " FROM first, generate_series(0, %s) AS n WHERE first.at <= %s)"
            " SELECT moment.at, (SELECT size FROM translog_publication WHERE published_at <= moment.at"
            " ORDER BY published_at DESC, size DESC LIMIT 1) FROM moment ORDER BY moment.at",
            [until, points - 1, points - 1, until],
        )
        return tuple((at, int(size)) for at, size in cursor.fetchall())


def pending() -> int:
    """How many entries wait for the integrator."""
    return Pending.objects.count()


def index_of(pending_id: int) -> int | None:
    """The index of the entry that `append` answered `pending_id` for; None where it has none (yet)."""
    index: int | None = Entry.objects.filter(pending_id=pending_id).values_list("index", flat=True).first()
    return index


def leaf(index: int) -> bytes:
    """The bytes of the entry at `index`. Raises NotFound."""
    content = Entry.objects.filter(index=index).values_list("leaf", flat=True).first()
    if content is None:
        raise NotFound(f"The log has no entry {index}.")
    return bytes(content)


def tile(level: int, number: int, width: int) -> bytes | None:
    """The first `width` hashes of a tile; None where the published tree has not so many there."""
    covered = published()
    if covered is None or not 1 <= width <= tiles.width_of(level, number, covered.size):
        return None
    return read_tile(level, number)[: width * merkle.HASH_SIZE]


def entries(number: int, width: int) -> bytes | None:
    """A bundle of the first `width` entries from `number * 256`; None as in `tile`."""
    covered = published()
    if covered is None or not 1 <= width <= tiles.width_of(0, number, covered.size):
        return None
    return tiles.bundle(leaves(number * tiles.WIDTH, width))


def receipt(pending_id: int) -> str | None:
    """The receipt (c2sp.org/tlog-proof) of the entry that `append` answered `pending_id` for; None while no
    published checkpoint covers it. Its extra data is the entry itself.

    Raises LogBroken rather than hand out a proof that fails.
    """
    return _receipt(pending_id, published())


def unwitnessed_receipt(pending_id: int) -> str | None:
    """A receipt under the latest signed checkpoint, published or not: it binds the log all the same, though a
    verifier that wants witnesses will not take it."""
    return _receipt(pending_id, latest())


def _receipt(pending_id: int, covered: CheckpointView | None) -> str | None:
    index = index_of(pending_id)
    if index is None or covered is None or index >= covered.size:
        return None
    content = leaf(index)
    path = merkle.inclusion(index, covered.size, nodes(index, covered.size))
    digest = merkle.hash_leaf(content)
    if not merkle.verify_inclusion(digest, index, covered.size, path, covered.root):
        raise LogBroken(
            f"entry {index} does not verify under the checkpoint of size {covered.size}: run fsck"
        )
    return str(proof.Proof(index, tuple(path), covered.text, extra=content))


def consistency(old: int, covered: CheckpointView | None = None) -> list[bytes]:
    """The proof that the tree of `covered` (by default the latest signed one) begins with the one of size `old`.
    Raises NotFound for a size never reached."""
    covered = covered or latest()
    if covered is None or not 0 < old <= covered.size:
        raise NotFound(f"The log has not reached {old} entries.")
    return merkle.consistency(old, covered.size, nodes(old - 1, covered.size))


def root_at(size: int) -> bytes:
    """The root hash of the first `size` entries, at least one, out of the tiles."""
    return merkle.root(size, nodes(size - 1, size))


def nodes(index: int, size: int) -> merkle.Node:
    """The nodes of a tree of `size`, out of its tiles: those that a proof about the leaf `index` needs are read at
    once."""
    levels, numbers = zip(*tiles.around(index, size), strict=True)
    with connection.cursor() as cursor:
        # As text, every hash would travel at twice its length.
        cursor.cursor.format = Format.BINARY
        cursor.execute(
            "SELECT level, number, hashes FROM translog_tile WHERE (level, number) IN"
            " (SELECT * FROM unnest(%s::smallint[], %s::bigint[]))",
            [list(levels), list(numbers)],
        )
        found = {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}
    return tiles.node_reader(lambda level, number: found.get((level, number), b""))


def read_tile(level: int, number: int) -> bytes:
    """All that is kept of a tile, perhaps nothing."""
    content = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    return b"" if content is None else bytes(content)


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads within see the log as it is at the first of them. Not within another transaction."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def leaves(first: int, count: int) -> list[bytes]:
    """The `count` entries from index `first`. Raises LogBroken where one is missing."""
    rows = list(
        Entry.objects.filter(index__gte=first, index__lt=first + count)
        .order_by("index")
        .values_list("index", "leaf")
    )
    for position, (index, _) in enumerate(rows):
        if index != first + position:
            raise LogBroken(f"entry {first + position} is missing")
    if len(rows) != count:
        raise LogBroken(f"entry {first + len(rows)} is missing")
    return [bytes(content) for _, content in rows]
