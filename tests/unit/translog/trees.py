"""Small logs in memory, for tests: a tree grown as the integrator grows it, and a log's files."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openpars.translog.rules import canonical, checkpoint, merkle, note, proof, tiles

ORIGIN = "openpars.example/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = note.VerifierKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())


def entries(count: int) -> list[bytes]:
    return [canonical.encode({"n": number, "kind": "test"}) for number in range(count)]


def grown(leaves: list[bytes], steps: int = 256) -> dict[tuple[int, int], bytes]:
    """All tiles of the tree over `leaves`, grown `steps` at a time."""
    kept: dict[tuple[int, int], bytes] = {}
    edge: dict[int, bytes] = {}
    for begin in range(0, len(leaves), steps):
        hashes = merkle.hash_leaves(leaves[begin : begin + steps])
        for level, number, content in tiles.grow(edge, begin, hashes):
            kept[level, number] = content
    assert tiles.root_of_edge(edge, len(leaves)) == merkle.root(len(leaves), node(kept))
    return kept


def node(kept: dict[tuple[int, int], bytes]) -> merkle.Node:
    return tiles.node_reader(lambda level, number: kept.get((level, number), b""))


def sign(body: str, key: note.VerifierKey = KEY, private: Ed25519PrivateKey = PRIVATE) -> str:
    return str(note.Note(body, (note.Signature(key.name, key.id, private.sign(body.encode())),)))


def signed_checkpoint(leaves: list[bytes], origin: str = ORIGIN) -> str:
    root = merkle.root(len(leaves), node(grown(leaves)))
    return sign(str(checkpoint.Checkpoint(origin, len(leaves), root)))


def receipt(leaves: list[bytes], index: int) -> str:
    path = merkle.inclusion(index, len(leaves), node(grown(leaves)))
    return str(proof.Proof(index, tuple(path), signed_checkpoint(leaves), extra=leaves[index]))


def files(leaves: list[bytes]) -> dict[str, bytes]:
    """A log as exported: path -> content."""
    kept, size = grown(leaves), len(leaves)
    written = {"checkpoint": signed_checkpoint(leaves).encode()}
    for name in tiles.names(size):
        assert name.level is not None
        written[name.path] = kept[name.level, name.number]
    for name in tiles.bundle_names(size):
        begin = name.number * tiles.WIDTH
        written[name.path] = tiles.bundle(leaves[begin : begin + name.width])
    return written
