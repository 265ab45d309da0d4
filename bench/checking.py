"""Checking the log: a whole one against bare hashing of its bytes, one proof in ten million, and pymerkle beside.

    .venv/bin/python -m bench.checking

Verification runs on files, as `openpars-verify log FOLDER` does, so reading them is in both figures. `sha256` over the
same bytes is given in both its forms: as one stream, and entry by entry, which is the least that anyone who checks a
Merkle tree has to do. The target of three times is set on the second, the friendlier to us, and the rows say so; what
it is on the first stands beside it.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.report import Row, show
from openpars.translog.rules import checkpoint, merkle, note, tiles
from openpars.verifier import log, trust

ENTRIES = 1_000_000
ENTRY_SIZE = 480
LARGE = 10_000_000
PROOFS = 400
BESIDE = 20_000
"""Entries that pymerkle is given: it keeps each node as an object."""
ORIGIN = "openpars.example/log"


def run() -> list[Row]:
    """Verify a whole log of a million entries from a folder."""
    with tempfile.TemporaryDirectory() as folder:
        key = _write(Path(folder))
        rounds = [_verify_and_hash(folder, key) for _ in range(3)]
    ours, stream, leaves = (statistics.median(one[way] for one in rounds) for way in range(3))
    ratio = statistics.median(one[0] / one[2] for one in rounds)
    return [
        Row(f"openpars-verify, {ENTRIES:,} entries", ours, "s"),
        Row("reading and sha256, entry by entry", leaves, "s"),
        Row("reading and sha256, as one stream", stream, "s"),
        Row("verify : hash, each entry (target's measure)", ratio, "times", at_most=3.0),
        Row("verify : hash, one stream (no target)", ours / stream, "times"),
        Row("verified entries", ENTRIES / ours, "entries/s"),
    ]


def _verify_and_hash(folder: str, key: note.VerifierKey) -> tuple[float, float, float]:
    trusted = trust.Trust((key,), "bench")
    ours = _timed(lambda: log.verify(folder, trusted, None, lambda done, of: None))
    names = list(tiles.bundle_names(ENTRIES))

    def stream() -> None:
        digest = sha256()
        for name in names:
            digest.update((Path(folder) / name.path).read_bytes())

    def leaves() -> None:
        for name in names:
            for entry in tiles.unbundle((Path(folder) / name.path).read_bytes(), name.width):
                sha256(entry).digest()

    return ours, _timed(stream), _timed(leaves)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _write(folder: Path) -> note.VerifierKey:
    """A log in a folder, as exported; its key."""
    edge: dict[int, bytes] = {}
    for name in tiles.bundle_names(ENTRIES):
        noise = os.urandom(name.width * ENTRY_SIZE)
        entries = [noise[i : i + ENTRY_SIZE] for i in range(0, len(noise), ENTRY_SIZE)]
        _save(folder / name.path, tiles.bundle(entries))
        size = name.number * tiles.WIDTH
        for level, number, content in tiles.grow(edge, size, merkle.hash_leaves(entries)):
            width = len(content) // merkle.HASH_SIZE
            if width == tiles.WIDTH or size + name.width == ENTRIES:
                _save(folder / tiles.Name(level, number, width).path, content)
    for level, content in edge.items():
        number = (ENTRIES >> tiles.HEIGHT * level) // tiles.WIDTH
        _save(folder / tiles.Name(level, number, len(content) // merkle.HASH_SIZE).path, content)
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    key = note.VerifierKey(ORIGIN, private.public_key().public_bytes_raw())
    body = str(checkpoint.Checkpoint(ORIGIN, ENTRIES, tiles.root_of_edge(edge, ENTRIES)))
    signed = note.Note(body, (note.Signature(ORIGIN, key.id, private.sign(body.encode())),))
    _save(folder / tiles.CHECKPOINT, str(signed).encode())
    return key


def _save(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def proofs() -> list[Row]:
    """Inclusion proofs from the tiles of ten million entries (invented hashes), kept in the database that Django is
    set up for. Each is made as a receipt's is, and reads its tiles anew; subtrees that an earlier proof has hashed are
    remembered by their content."""
    from openpars.translog import queries

    edge: dict[int, bytes] = {}
    _store(_invented(edge))
    root = tiles.root_of_edge(edge, LARGE)
    seconds = []
    for step in range(PROOFS):
        index = step * (LARGE // PROOFS) + step
        began = time.perf_counter()
        path = merkle.inclusion(index, LARGE, queries.nodes(index, LARGE))
        seconds.append(time.perf_counter() - began)
        leaf = queries.read_tile(0, index // tiles.WIDTH)[index % tiles.WIDTH * 32 :][:32]
        assert merkle.verify_inclusion(leaf, index, LARGE, path, root)
    seconds.sort()
    return [
        Row(f"inclusion proof among {LARGE:,}, p50", seconds[PROOFS // 2] * 1000, "ms", at_most=1.0),
        Row(f"inclusion proof among {LARGE:,}, p99", seconds[PROOFS * 99 // 100] * 1000, "ms"),
    ]


def _invented(edge: dict[int, bytes]) -> Iterator[tuple[int, int, bytes]]:
    """The tiles of a tree over invented leaf hashes; leaves its edge in `edge`."""
    step = 1024 * tiles.WIDTH
    for size in range(0, LARGE, step):
        hashes = os.urandom(min(step, LARGE - size) * merkle.HASH_SIZE)
        for level, number, content in tiles.grow(edge, size, hashes):
            if len(content) == tiles.WIDTH * merkle.HASH_SIZE:
                yield level, number, content
    for level, content in edge.items():
        yield level, (LARGE >> tiles.HEIGHT * level) // tiles.WIDTH, content


def _store(made: Iterator[tuple[int, int, bytes]]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE translog_tile")
        with cursor.copy("COPY translog_tile (level, number, hashes) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int2", "int8", "bytea"])
            for row in made:
                copy.write_row(row)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE translog_tile")


def beside() -> list[Row]:
    """pymerkle's tree in memory and ours, on the same entries: appending, one proof, checking it."""
    from pymerkle import InmemoryTree, verify_inclusion

    entries = [os.urandom(ENTRY_SIZE) for _ in range(BESIDE)]
    theirs = InmemoryTree(algorithm="sha256")

    def append_theirs() -> None:
        for entry in entries:
            theirs.append_entry(entry)

    kept: dict[tuple[int, int], bytes] = {}

    def append_ours() -> None:
        for level, number, content in tiles.grow({}, 0, merkle.hash_leaves(entries)):
            kept[level, number] = content

    node = tiles.node_reader(lambda level, number: kept[level, number])
    rows = [
        Row("pymerkle: append", BESIDE / _timed(append_theirs), "entries/s"),
        Row("ours: append (in memory)", BESIDE / _timed(append_ours), "entries/s"),
    ]
    indexes = range(0, BESIDE, BESIDE // 100)
    rows += [
        Row("pymerkle: proof", _timed(lambda: [theirs.prove_inclusion(i + 1) for i in indexes]) * 10, "ms"),
        Row("ours: proof", _timed(lambda: [merkle.inclusion(i, BESIDE, node) for i in indexes]) * 10, "ms"),
    ]
    root = merkle.root(BESIDE, node)
    assert theirs.get_root() == root
    proof = theirs.prove_inclusion(8)
    verify_inclusion(theirs.get_leaf(8), root, proof)
    return rows


def main() -> None:
    """Measure in a database of its own, and drop it again."""
    from bench import database

    show("Checking a whole log, from files", run())
    show("Another implementation beside ours", beside())
    with database.own("bench_checking"):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", "translog", verbosity=0)
        show("A proof from the tiles in the database", proofs())
        connection.close()


if __name__ == "__main__":
    main()
