"""A door without us: checks receipts and logs offline, with no database and no web framework.

    openpars-verify receipt FILE          one receipt; --answer FILE holds what was handed over against it
    openpars-verify log URL|FOLDER        a whole log, every entry and every tile; --since CHECKPOINT
    openpars-verify since CHECKPOINT URL|FOLDER      in a moment: does the log continue a kept checkpoint?

Each takes the log's key (--key VKEY, --key-file FILE) and the witnesses who must have signed (--policy FILE).
Exit codes: 0 it verifies; 1 it does not; 2 what was given is malformed; 3 it could not be read.
"""

from openpars.verifier.command import main

__all__ = ["main"]
