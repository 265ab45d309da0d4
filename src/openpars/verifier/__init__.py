"""A door without us: checks receipts, logs and accountings offline, with no database and no web framework.

`openpars-verify --help` names its verbs. Each takes the log's key (--key VKEY, --key-file FILE) and the witnesses who
must have signed (--policy FILE). Exit codes: 0 it verifies; 1 it does not; 2 what was given is malformed; 3 it could
not be read.
"""

from openpars.verifier.command import main

__all__ = ["main"]
