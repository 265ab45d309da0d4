"""Whether a signature fits: Ed25519 (RFC 8032) and ML-DSA-44 (FIPS 204).

The library `cryptography` checks where it is installed. Where it is not, as on the machine of somebody who
only wants to check our log, Ed25519 is checked by RFC 8032's own arithmetic, slower and with no secret to
protect; ML-DSA-44 then cannot be checked, and says so.
"""

from hashlib import sha512

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa
except ImportError:  # pragma: no cover - the suite has the library; test_verifier_alone runs without
    ed25519 = mldsa = None  # type: ignore[assignment]

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int, int, int]
"""Extended homogeneous coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z (RFC 8032 section 5.1.4)."""


def ed25519_fits(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is by the Ed25519 key `public` (32 bytes)."""
    if ed25519 is None:
        return ed25519_fits_plainly(public, signature, message)
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def mldsa44_fits(public: bytes, signature: bytes, message: bytes) -> bool | None:
    """Whether `signature` (2,420 bytes) over `message` is by the ML-DSA-44 key `public` (1,312 bytes), with an
    empty context; None where this machine cannot tell."""
    if mldsa is None:
        return None
    try:
        mldsa.MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except UnsupportedAlgorithm:
        return None
    except (InvalidSignature, ValueError):
        return False
    return True


def ed25519_fits_plainly(public: bytes, signature: bytes, message: bytes) -> bool:
    """`ed25519_fits` by RFC 8032 section 5.1.7 alone, without the cofactor (as the library does)."""
    key = _decode(public)
    if key is None or len(signature) != 64:
        return False
    stated, scalar = signature[:32], int.from_bytes(signature[32:], "little")
    if scalar >= _ORDER:
        return False
    challenge = int.from_bytes(sha512(stated + public + message).digest(), "little") % _ORDER
    # [S]B - [k]A must be R, byte for byte.
    negated = (-key[0] % _P, key[1], key[2], -key[3] % _P)
    return _encode(_add(_times(scalar, _BASE), _times(challenge, negated))) == stated


def _add(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: _Point) -> _Point:
    product: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            product = _add(product, point)
        point, scalar = _add(point, point), scalar >> 1
    return product


def _encode(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode(data: bytes) -> _Point | None:
    """Section 5.1.3; None where `data` is no point in its one spelling."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if len(data) != 32 or y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


_BASE = _decode((4 * pow(5, -1, _P) % _P).to_bytes(32, "little")) or (0, 1, 1, 0)
