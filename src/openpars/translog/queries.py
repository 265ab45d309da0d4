"""Reads of the log. A tile only ever grows at its end, so whoever reads a checkpoint first and tiles after it
needs no snapshot: the tiles hold at least what the checkpoint covers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from psycopg.pq import Format

from openpars.errors import FileMalformed, LogBroken, NotFound
from openpars.translog.models import Checkpoint, Cosignature, Entry, Pending, Policy, Publication, Tile
from openpars.translog.rules import checkpoint as checkpoints
from openpars.translog.rules import cosignature, merkle, note, policy, proof, replay, tiles


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
    """The witnesses' lines under the checkpoint of a size, perhaps none."""
    rows = Cosignature.objects.filter(size=size).order_by("witness", "id")
    return "".join(rows.values_list("line", flat=True))


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
        last = Cosignature.objects.filter(witness=witness.name).order_by("-size").first()
        found.append(WitnessView(witness, last.size, last.cosigned_at) if last else WitnessView(witness))
    return tuple(found)


def signed_size() -> int:
    """How many entries the latest signed checkpoint covers, published or not."""
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0


def growth(until: datetime, points: int) -> tuple[tuple[datetime, int], ...]:
    """How many entries were signed at `points` moments, evenly from the first checkpoint to `until`; none where
    nothing was signed yet."""
    with connection.cursor() as cursor:
        # One look into the index a moment, however many checkpoints there are.
        cursor.execute(
            "WITH first AS (SELECT min(signed_at) AS at FROM translog_checkpoint),"
            " moment AS (SELECT first.at + (%s::timestamptz - first.at) * (n::float / %s) AS at"
            " FROM first, generate_series(0, %s) AS n WHERE first.at <= %s)"
            " SELECT moment.at, (SELECT size FROM translog_checkpoint WHERE signed_at <= moment.at"
            " ORDER BY signed_at DESC, size DESC LIMIT 1) FROM moment ORDER BY moment.at",
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
    return tiles.bundle(_leaves(number * tiles.WIDTH, width))


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


def fsck(*keys: note.VerifierKey) -> Iterator[tuple[int, int]]:
    """Re-derive everything from the entries and hold it against tiles, checkpoints, their signatures and those of
    the witnesses in force.

    Yields (done, of) after each 256 entries. Raises LogBroken, naming the first fault. Wants to run
    within `snapshot` where the integrator works at the same time.
    """
    roots, texts = [], {}
    for row in Checkpoint.objects.order_by("size").iterator():
        _check_row(row, keys)
        roots.append((row.size, bytes(row.root)))
        texts[row.size] = row.text
    size = roots[-1][0] if roots else 0
    total = Entry.objects.count()
    if total != size:
        raise LogBroken(f"there are {total} entries, but the last checkpoint covers {size}")

    def read(name: tiles.Name) -> bytes:
        return read_tile(name.level or 0, name.number)

    bundles = (_leaves(name.number * tiles.WIDTH, name.width) for name in tiles.bundle_names(size))
    for done in replay.replay(bundles, roots, read):
        yield done, size
    surplus = Tile.objects.count() - sum(1 for _ in tiles.names(size))
    if surplus:
        raise LogBroken(f"there are {surplus} tiles too many for {size} entries")
    _check_witnessed(texts)


def _check_row(row: Checkpoint, keys: Sequence[note.VerifierKey]) -> None:
    try:
        stated = checkpoints.verify(row.text.encode(), *keys)
    except FileMalformed as error:
        raise LogBroken(f"checkpoint of size {row.size}: {error}") from error
    if (stated.size, stated.root) != (row.size, bytes(row.root)):
        raise LogBroken(f"checkpoint of size {row.size}: its row does not say what its signed text says")


def _check_witnessed(texts: Mapping[int, str]) -> None:
    """That what is published was signed, and each cosignature fits; an earlier policy's witnesses are unknown."""
    published = Publication.objects.order_by("size").values_list("size", flat=True)
    for size in [size for size in published.iterator() if size not in texts]:
        raise LogBroken(f"a checkpoint of size {size} is published, but was never signed")
    keys = witness_policy().keys
    for row in Cosignature.objects.order_by("size").iterator():
        if row.size not in texts:
            raise LogBroken(f"the witness {row.witness} cosigned size {row.size}, which was never signed")
        try:
            cosignature.verify(note.parse((texts[row.size] + row.line).encode()), keys)
        except FileMalformed as error:
            raise LogBroken(f"checkpoint of size {row.size}: {error}") from error


def _leaves(first: int, count: int) -> list[bytes]:
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
