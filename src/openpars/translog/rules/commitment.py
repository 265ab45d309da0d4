"""Salted commitments: what a log entry says of a value without holding it.

A commitment is HMAC-SHA256 under a random salt over the commitment's kind, a zero byte, and the value's
canonical JSON. With the salt (the opening) anyone can check a value against the log; with the salt destroyed
nobody can, and the entry and every proof of it still stand.
"""

import hmac

from openpars.translog.rules import canonical

SALT_SIZE = 32
"""Bytes of a salt: as many as the hash, so that guessing the salt is no easier than breaking the hash."""


def commit(kind: str, value: object, salt: bytes) -> str:
    """The commitment to `value` as a `kind` of thing (such as "answer"), in hex. Raises BadInput for a value
    that canonical JSON does not hold, ValueError for a salt that is not 32 bytes."""
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
    return hmac.digest(salt, kind.encode() + b"\0" + canonical.encode(value), "sha256").hex()


def opens(commitment: str, kind: str, value: object, salt: bytes) -> bool:
    """Whether `value` and `salt` are what was committed to."""
    return hmac.compare_digest(commitment.encode(), commit(kind, value, salt).encode())
