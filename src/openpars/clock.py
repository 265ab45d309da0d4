"""The one place that asks the time. Rules never do: they are told."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251
