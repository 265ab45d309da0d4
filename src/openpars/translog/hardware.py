"""A key that never leaves its hardware: Ed25519 through PKCS#11, named by a `pkcs11:` URI (RFC 7512).

    pkcs11:token=city;object=log?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=/etc/openpars/pin

The PIN is in the file that `pin-source` names, or in OPENPARS_LOG_PIN. Needs the extra `hsm` (python-pkcs11).
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from openpars.errors import Fault, FileMalformed
from openpars.translog.rules import note, signature

PIN = "OPENPARS_LOG_PIN"
_POINT = b"\x04\x20"  # the DER OCTET STRING of 32 bytes that PKCS#11 wraps a public key in
_WANTED = ("token", "object", "module-path")


class HardwareKey:
    """An Ed25519 key pair in a PKCS#11 token, under the name of a log.

    Raises FileMalformed where the URI does not say where it is, Fault where the token does not answer as it
    should: absent, another PIN, no such key, or one whose signatures do not verify.
    """

    def __init__(self, uri: str, name: str, environment: Mapping[str, str] = os.environ) -> None:
        self._where = parse(uri)
        pin = self._where.get("pin-source")
        self._pin = Path(pin.removeprefix("file:")).read_text().strip() if pin else environment.get(PIN)
        self._session = self._open()
        self.key = note.VerifierKey(name, self._public())
        if not signature.ed25519_fits(self.key.public, self.sign(b"openpars"), b"openpars"):
            raise Fault(f"{self}: what it signs does not verify under its public key")

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`, made in the hardware."""
        from pkcs11 import Attribute, Mechanism, ObjectClass, exceptions

        try:
            found = self._find(ObjectClass.PRIVATE_KEY, Attribute.LABEL)
            return bytes(found.sign(message, mechanism=Mechanism.EDDSA))
        except exceptions.PKCS11Error as error:
            raise Fault(f"{self}: did not sign: {type(error).__name__}") from error

    def __str__(self) -> str:
        return f"hardware key {self._where['object']} of token {self._where['token']}"

    def _open(self) -> Any:
        try:
            from pkcs11 import exceptions
        except ImportError as error:
            raise Fault("A hardware key needs python-pkcs11: pip install 'openpars[hsm]'") from error
        try:
            return _session(self._where["module-path"], self._where["token"], self._pin)
        except (exceptions.PKCS11Error, RuntimeError) as error:
            raise Fault(f"{self}: cannot be opened: {type(error).__name__}") from error

    def _public(self) -> bytes:
        from pkcs11 import Attribute, ObjectClass

        point = bytes(self._find(ObjectClass.PUBLIC_KEY, Attribute.LABEL)[Attribute.EC_POINT])
        if not point.startswith(_POINT) or len(point) != 34:
            raise Fault(f"{self}: is not an Ed25519 key")
        return point.removeprefix(_POINT)

    def _find(self, kind: Any, label: Any) -> Any:
        from pkcs11 import Attribute, KeyType

        wanted = {label: self._where["object"], Attribute.CLASS: kind, Attribute.KEY_TYPE: KeyType.EC_EDWARDS}
        found = list(self._session.get_objects(wanted))
        if len(found) != 1:
            raise Fault(f"{self}: there are {len(found)} of this name, where one is needed")
        return found[0]


@cache
def _session(module: str, token: str, pin: str | None) -> Any:
    """A session that stays open: a process logs in to a token once, however many of its keys it uses."""
    import pkcs11

    return pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin)


def parse(uri: str) -> dict[str, str]:
    """The attributes of a `pkcs11:` URI. Raises FileMalformed where one that is needed is missing."""
    scheme, _, rest = uri.strip().partition(":")
    path, _, query = rest.partition("?")
    pairs = [pair.partition("=") for pair in [*path.split(";"), *query.split("&")] if pair]
    found = {unquote(name): unquote(value) for name, _, value in pairs}
    missing = [name for name in _WANTED if not found.get(name)]
    if scheme != "pkcs11" or missing:
        what = f"is not a pkcs11: URI with {', '.join(missing or _WANTED)} (RFC 7512)"
        raise FileMalformed.one("log.pkcs11", what)
    return found
