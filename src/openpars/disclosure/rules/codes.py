"""One-time codes: seven groups of four characters that a person can read off paper and type.

The first two groups find the code; the other five are its secret of 100 random bits, of which only a digest is kept.
Letters are Crockford's base 32: no I, L, O or U, and what is mistyped for a 0 or a 1 is read as one.
"""

import hashlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HANDLE, LENGTH, GROUP = 8, 28, 4
"""Characters of the part that finds it, of all, and of a group."""
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def of_bytes(random: bytes) -> str:
    """The code of 28 random bytes (five bits of each are used), without dashes."""
    return "".join(ALPHABET[byte & 31] for byte in random[:LENGTH])


def grouped(code: str) -> str:
    """The code as it is printed.

    >>> grouped("0123456789ABCDEFGHJKMNPQRSTV")
    '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV'
    """
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read(typed: str) -> tuple[str, str] | None:
    """What finds the code and the digest of its secret, from what somebody typed; None where it is no code.

    >>> read(" 0123 4567-89ab-cdef-ghjk-mnpq-rst ") is None
    True
    """
    code = "".join(typed[:200].upper().split()).replace("-", "").translate(_READ_AS)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return code[:HANDLE], digest(code[HANDLE:])


def digest(secret: str) -> str:
    """The SHA-256 in hex: a secret of 100 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
