"""What broke, named for the operator: a reference, the kind of the error and where it arose. Never its words:
an exception's own text may carry a name that somebody typed."""

import logging
import secrets
import traceback

logger = logging.getLogger(__name__)


def note(error: BaseException) -> str:
    """Log that `error` happened; answers the reference under which it stands in the log."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/openpars/" in frame.filename] or frames[-1:]
    places = " < ".join(
        f"{frame.filename.rpartition('/openpars/')[2]}:{frame.lineno}" for frame in reversed(ours)
    )
    logger.error("fault %s: %s at %s", reference, type(error).__name__, places)
    return reference
