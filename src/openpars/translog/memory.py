"""What this log has signed last, kept beside its key and apart from its database. A database that comes back from an
old backup verifies by itself: only what is kept elsewhere tells that more was signed already, and that to sign on
would be a second history."""

from pathlib import Path

from openpars.engine import secret
from openpars.errors import FileMalformed, LogBroken
from openpars.translog.rules import checkpoint, note


class Memory:
    """The last signed checkpoint, in a file. Its owner's alone to write; as a checkpoint it may be shown to anybody."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def last(self) -> checkpoint.Checkpoint | None:
        """What was signed last; None where nothing was, or where this file was begun anew. Raises LogBroken where it is
        no checkpoint."""
        try:
            return checkpoint.parse(note.parse(self.path.read_bytes()).body)
        except FileNotFoundError:
            return None
        except FileMalformed as error:
            raise LogBroken(f"{self.path.name} is not the last signed checkpoint: {error}") from error

    def keep(self, text: str) -> None:
        """Keep a signed checkpoint, durably."""
        secret.write(self.path, text)
