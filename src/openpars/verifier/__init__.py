"""A door without us: checks receipts and logs offline, with no database and no web framework.

    openpars-verify receipt FILE [--key VKEY | --key-file F] [--answer ANSWER.json]
    openpars-verify log URL|FOLDER [--key VKEY | --key-file F] [--since CHECKPOINT]

Exit codes: 0 it verifies; 1 it does not; 2 what was given is malformed; 3 it could not be read.
"""

from openpars.verifier.command import main

__all__ = ["main"]
