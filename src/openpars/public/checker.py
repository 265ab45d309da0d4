"""The verifier for others to take: `openpars-verify.pyz`, one file that needs Python and nothing else, and a wheel for
whoever would rather install it. Each is the same bytes every time, on every machine: its digest can be compared."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

NAME = "openpars-verify.pyz"
WHEEL = f"openpars_verify-{version('openpars')}-py3-none-any.whl"
_HOME = Path(__file__).resolve().parents[1]
_PARTS = ("__init__.py", "errors.py", "translog/__init__.py", "translog/rules/*.py", "verifier/*.py")
_NOT_NEEDED = {"witness.py"}
"""What is asked of witnesses is the log's affair and theirs."""
_MAIN = b"""import sys

if sys.version_info < (3, 11):
    sys.exit("openpars-verify needs Python 3.11 or later; this is " + sys.version.split()[0])

from openpars.verifier import main

main()
"""
_METADATA = f"""Metadata-Version: 2.1
Name: openpars-verify
Version: {version("openpars")}
Summary: Checks receipts and logs of OpenPARS, offline and without trusting their keeper
License: Apache-2.0
Requires-Python: >=3.11
Provides-Extra: quick
Requires-Dist: cryptography; extra == "quick"
"""
_WHEEL = "Wheel-Version: 1.0\nGenerator: openpars\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_ENTRY = "[console_scripts]\nopenpars-verify = openpars.verifier:main\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@cache
def archive() -> bytes:
    """The one file's content: a zip application (PEP 441) of the verifier and the rules that it stands on."""
    return _zipped({**_files(), "__main__.py": _MAIN}, b"#!/usr/bin/env python3\n")


@cache
def wheel() -> bytes:
    """The same as a wheel (PEP 427), `openpars-verify`; nothing else is needed, and with the extra `quick` it is."""
    home = WHEEL.rsplit("-", 3)[0] + ".dist-info"
    about = {"METADATA": _METADATA, "WHEEL": _WHEEL, "entry_points.txt": _ENTRY}
    files = _files() | {f"{home}/{name}": text.encode() for name, text in about.items()}
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in sorted(files.items()))
    return _zipped({**files, f"{home}/RECORD": f"{record}{home}/RECORD,,\n".encode()})


def sha256(content: bytes) -> str:
    """The digest by which people compare it, in hex."""
    return hashlib.sha256(content).hexdigest()


def sources() -> list[Path]:
    """The modules that are in it."""
    found = [path for part in _PARTS for path in sorted(_HOME.glob(part))]
    return [path for path in found if path.name not in _NOT_NEEDED]


def _files() -> dict[str, bytes]:
    return {f"openpars/{path.relative_to(_HOME).as_posix()}": path.read_bytes() for path in sources()}


def _zipped(files: Mapping[str, bytes], before: bytes = b"") -> bytes:
    written = io.BytesIO(before)
    written.seek(0, io.SEEK_END)
    with zipfile.ZipFile(written, "a") as file:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            # As it is: compressed, its bytes would depend on the machine's zlib, and this on its system.
            entry.compress_type, entry.create_system = zipfile.ZIP_STORED, 3
            file.writestr(entry, content)
    return written.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
