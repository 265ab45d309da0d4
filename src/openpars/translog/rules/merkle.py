"""The hash tree of RFC 6962 section 2: hashes, roots, inclusion and consistency.

A tree is given as a `Node` function: `node(height, number)` is the hash of the perfect subtree over leaves
`number * 2**height` to `(number + 1) * 2**height - 1`. Proofs ask for perfect subtrees only, so whoever keeps
tiles can prove anything without rehashing the leaves.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""Section 2.1: the hash of an empty list is the hash of an empty string."""
MAX_SIZE = 2**63 - 1
"""The largest tree that we speak of: what a signed 64-bit index can count."""


def hash_leaf(entry: bytes) -> bytes:
    """Section 2.1: MTH({d(0)}) = SHA-256(0x00 || d(0))."""
    return sha256(b"\x00" + entry).digest()


def hash_leaves(entries: Sequence[bytes]) -> bytes:
    """The leaf hashes of `entries`, end to end."""
    return b"".join([sha256(b"\x00" + entry).digest() for entry in entries])


def hash_node(left: bytes, right: bytes) -> bytes:
    """Section 2.1: SHA-256(0x01 || MTH(left) || MTH(right))."""
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """Section 2.1: the largest power of two smaller than `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1


def perfect_root(content: bytes) -> bytes:
    """The root over the hashes in `content`, end to end, whose number is a power of two."""
    # The one loop that a verifier of millions spends its time in: a node is hashed from the bytes as they lie.
    while len(content) > HASH_SIZE:
        pairs = range(0, len(content), 2 * HASH_SIZE)
        content = b"".join([sha256(b"\x01" + content[i : i + 64]).digest() for i in pairs])
    return content


def root(size: int, node: Node) -> bytes:
    """Section 2.1: MTH of the first `size` leaves."""
    return _range(0, size, node) if size else EMPTY_ROOT


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Section 2.1.1: PATH(index, D[size]), from the leaf's sibling up. Needs 0 <= index < size."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(begin, middle, node))
            begin = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """Section 2.1.2: PROOF(old, D[new]). Needs 0 < old <= new; empty where both are the same tree."""
    if not 0 < old <= new:
        raise ValueError("the old tree is not a beginning of the new")
    path, begin, end = [], 0, new
    while old != end:
        middle = begin + split(end - begin)
        if old <= middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(begin, middle, node))
            begin = middle
    # SUBPROOF's flag b: the old root itself is known to the verifier, unless we have gone right of it.
    if begin:
        path.append(_range(begin, end, node))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` shows the leaf hash at `index` in the tree (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, digest = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            digest = hash_node(sibling, digest)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            digest = hash_node(digest, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and digest == root


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether `path` shows that the new tree begins with the old one (RFC 9162 section 2.1.4.2).

    Every tree begins with the empty one (its proof is empty), and equals itself.
    """
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        return not path and old_root == expected
    return roots_of_consistency(old, new, path, old_root) == (old_root, new_root)


def roots_of_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes] | None:
    """The roots of two trees, 0 < old < new, that `path` is about: whoever holds the second has, at the size of
    the first, a tree with the first. None where `path` is not of the length that it must have.

    Where `old` is a power of two the path does not hold the first root: it is taken to be `old_root`.
    """
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    # Where the old tree is one perfect subtree (nothing is left of `first`), its root begins the path.
    rest = list(path) if first else [old_root, *path]
    if not rest:
        return None
    left = right = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            left, right = hash_node(sibling, left), hash_node(sibling, right)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            right = hash_node(right, sibling)
        first, last = first >> 1, last >> 1
    return (left, right) if last == 0 else None


def _range(begin: int, end: int, node: Node) -> bytes:
    """MTH(D[begin:end]), where `begin` is a multiple of the largest power of two within the range."""
    lefts = []
    while (end - begin) & (end - begin - 1):
        width = split(end - begin)
        lefts.append(node(width.bit_length() - 1, begin // width))
        begin += width
    width = end - begin
    digest = node(width.bit_length() - 1, begin // width)
    for left in reversed(lefts):
        digest = hash_node(left, digest)
    return digest
