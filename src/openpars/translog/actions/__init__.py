"""The log's only writes: `append` with what an entry is about, `integrate` for the tree, `publish` for its
witnesses."""

from openpars.translog.actions.integrating import BATCH, LOCK, Integrated, append, integrate
from openpars.translog.actions.publishing import Published, enter_key, publish, resume, set_policy

__all__ = [
    "BATCH",
    "LOCK",
    "Integrated",
    "Published",
    "append",
    "enter_key",
    "integrate",
    "publish",
    "resume",
    "set_policy",
]
