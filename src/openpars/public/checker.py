"""`openpars-verify.pyz`: the verifier as one file that needs Python and nothing else, the same bytes every time."""

import io
import zipfile
from functools import cache
from pathlib import Path

NAME = "openpars-verify.pyz"
_HOME = Path(__file__).resolve().parents[1]
_PARTS = ("__init__.py", "errors.py", "translog/__init__.py", "translog/rules/*.py", "verifier/*.py")
_MAIN = b"""import sys

if sys.version_info < (3, 11):
    sys.exit("openpars-verify needs Python 3.11 or later; this is " + sys.version.split()[0])

from openpars.verifier import main

main()
"""
_EPOCH = (1980, 1, 1, 0, 0, 0)


@cache
def archive() -> bytes:
    """The file's content: a zip application (PEP 441) of the verifier and the rules that it stands on."""
    written = io.BytesIO(b"#!/usr/bin/env python3\n")
    written.seek(0, io.SEEK_END)
    files = {f"openpars/{path.relative_to(_HOME).as_posix()}": path.read_bytes() for path in sources()}
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as file:
        for name, content in sorted({**files, "__main__.py": _MAIN}.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, content)
    return written.getvalue()


def sources() -> list[Path]:
    """The modules that are in it."""
    return [path for part in _PARTS for path in sorted(_HOME.glob(part))]
