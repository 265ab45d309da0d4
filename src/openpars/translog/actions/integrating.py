"""Entries in, and the tree grown over them: `append` with what an entry is about, `integrate` for the tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from openpars.errors import BadInput, FileMalformed, LogBroken
from openpars.translog import log_check, queries
from openpars.translog.models import LONGEST_LEAF, Checkpoint, Publication
from openpars.translog.rules import checkpoint, merkle, note, policy, tiles
from openpars.translog.signers import Signer

LOCK = 7302
"""The integrator's advisory lock, (7302, 0): one at a time in a database."""
BATCH = 20_000
"""Entries that one call of `integrate` takes: some seconds' worth, and no more memory than that."""
WORK_MEMORY = "64MB"
"""What the server may hold of a batch before it puts it into files, which would compete with the commits of those who
append: 20,000 entries of some hundred bytes fit several times (measured: a quarter less time an entry)."""


@dataclass(frozen=True)
class Integrated:
    """What one call of `integrate` did: how many entries it added, and the tree's size now."""

    added: int
    size: int


def append(*, leaf: bytes) -> int:
    """Append an entry within the caller's transaction and return its pending id.

    The entry stands or falls with that transaction: once it commits, the entry is durable and will be in the
    tree. Raises BadInput for an empty leaf or one longer than 65,535 bytes (c2sp.org/tlog-tiles, uint16), and
    RuntimeError where no transaction is open: an entry apart from what it is about proves nothing.
    """
    if not 1 <= len(leaf) <= LONGEST_LEAF:
        raise BadInput.one("leaf", f"must have 1 to {LONGEST_LEAF} bytes, not {len(leaf)}")
    if not connection.in_atomic_block:
        raise RuntimeError("translog.actions.append needs the transaction of what the entry is about")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO translog_pending (leaf) VALUES (%s) RETURNING id", [leaf])
        return int(cursor.fetchone()[0])


def integrate(*, signer: Signer, at: datetime) -> Integrated:
    """Give the waiting entries their indexes, grow the tree and sign a checkpoint of it, dated `at`.

    All in one transaction: killed at any step, it has not happened, and the entries wait on. Takes at most
    BATCH entries; call again while it adds some. Adds none where none wait or another integrator is at
    work. Raises LogBroken, having written nothing, where what is kept does not fit the last checkpoint, or what the
    signer remembers of it, or where a witness has seen more: a log MUST NOT sign two inconsistent checkpoints
    (c2sp.org/tlog-checkpoint).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, 0), set_config('work_mem', %s, true)", [LOCK, WORK_MEMORY]
        )
        alone = cursor.fetchone()[0]
        last = queries.latest()
        before = last.size if last else 0
        cursor.execute("SELECT EXISTS (SELECT FROM translog_pending)")
        if not alone or not cursor.fetchone()[0]:
            return Integrated(0, before)
        if halt := queries.halted():
            raise LogBroken(f"{halt.why} (docs/operating.md, When the log has halted)")
        log_check.check_memory(last, signer.memory.last)
        edge = _guarded_edge(cursor, last, signer.keys)
        size = _take_batch(cursor, edge, before)
        root = tiles.root_of_edge(edge, size)
        text = signer.sign(str(checkpoint.Checkpoint(signer.keys[0].name, size, root)))
        Checkpoint.objects.create(size=size, root=root, text=text, signed_at=at)
        if queries.witness_policy().quorum == policy.NONE:
            Publication.objects.create(size=size, published_at=at)
        # Not before the commit: what is remembered and was never signed would stop an honest log. Where we die between
        # the two, what is remembered is older, and still the beginning of what was signed.
        transaction.on_commit(lambda: signer.memory.keep(text))
        return Integrated(size - before, size)


def _guarded_edge(
    cursor: CursorWrapper, last: queries.CheckpointView | None, keys: Sequence[note.VerifierKey]
) -> dict[int, bytes]:
    """The partial tiles of the last signed tree, once they are seen to be it: the fork guard."""
    size = last.size if last else 0
    cursor.execute("SELECT coalesce(max(index) + 1, 0) FROM translog_entry")
    found = cursor.fetchone()[0]
    if found != size:
        raise LogBroken(f"the last checkpoint covers {size} entries, but there are {found}: run fsck")
    if last is None:
        return {}
    try:
        stated = checkpoint.verify(last.text.encode(), *keys)
    except FileMalformed as error:
        raise LogBroken(f"the last checkpoint is by no key of this log: {error}") from error
    if (stated.size, stated.root) != (size, last.root):
        raise LogBroken(f"the row of the last checkpoint, size {size}, does not say what its text says")
    edge = _read_edge(size)
    if tiles.root_of_edge(edge, size) != last.root:
        raise LogBroken(f"the tiles do not lead to the signed root of size {size}: run fsck")
    cursor.execute(
        r"SELECT sha256('\x00'::bytea || leaf) FROM translog_entry WHERE index >= %s ORDER BY index",
        [size - size % tiles.WIDTH],
    )
    if b"".join(row[0] for row in cursor.fetchall()) != edge.get(0, b""):
        raise LogBroken(f"the last entries of {size} are not those of the signed tree: run fsck")
    return edge


def _read_edge(size: int) -> dict[int, bytes]:
    edge, level = {}, 0
    while size >> tiles.HEIGHT * level:
        number, width = divmod(size >> tiles.HEIGHT * level, tiles.WIDTH)
        if width:
            edge[level] = queries.read_tile(level, number)
            if len(edge[level]) != width * merkle.HASH_SIZE:
                raise LogBroken(f"{tiles.Name(level, number, width).path} is not kept at its width: run fsck")
        level += 1
    return edge


def _take_batch(cursor: CursorWrapper, edge: dict[int, bytes], size: int) -> int:
    """Move waiting entries into the tree; the tree's new size."""
    hashes = _move_batch(cursor, size)
    _keep_tiles(
        cursor, {(level, number): content for level, number, content in tiles.grow(edge, size, hashes)}
    )
    return size + len(hashes) // merkle.HASH_SIZE


def _move_batch(cursor: CursorWrapper, first: int) -> bytes:
    """Move up to BATCH waiting entries to indexes from `first`; their leaf hashes in order,
    end to end.

    Leaf hashes (RFC 6962 section 2.1) are computed where the entries are. One statement, hence one snapshot: what it
    reads is what it deletes, by place (a waiting entry never moves, and nobody else deletes one); the trigger that
    lets no entry get lost looks at its end.

    They are taken in the order of their pending ids. What must come before what is decided by locks: a
    disclosure holds its agreement's lock shared, the agreement's end holds it exclusively, and each takes its
    entry's id while it holds it and commits before it lets go. So of two entries under one lock the earlier
    has the smaller id, and whoever sees the later committed sees the earlier committed too: index order is
    lock order, though ids of unrelated transactions may be integrated out of turn. (Hence, too, no id is
    cached ahead by a session, and nobody may choose one.)
    """
    cursor.execute(
        "WITH batch AS MATERIALIZED (SELECT ctid AS place, id, leaf, recorded_at FROM translog_pending"
        " ORDER BY id LIMIT %s),"
        " gone AS (DELETE FROM translog_pending WHERE ctid = ANY (ARRAY(SELECT place FROM batch))),"
        " moved AS (INSERT INTO translog_entry (index, pending_id, leaf, recorded_at)"
        " SELECT %s::bigint - 1 + row_number() OVER (ORDER BY id), id, leaf, recorded_at FROM batch"
        r" RETURNING index, sha256('\x00'::bytea || leaf) AS hash)"
        " SELECT string_agg(hash, ''::bytea ORDER BY index) FROM moved",
        [BATCH, first],
    )
    return bytes(cursor.fetchone()[0] or b"")


def _keep_tiles(cursor: CursorWrapper, touched: Mapping[tuple[int, int], bytes]) -> None:
    cursor.execute(
        "INSERT INTO translog_tile (level, number, hashes)"
        " SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])"
        " ON CONFLICT (level, number) DO UPDATE SET hashes = EXCLUDED.hashes",
        [[level for level, _ in touched], [number for _, number in touched], list(touched.values())],
    )
