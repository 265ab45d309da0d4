"""Numbers and moments as people read them, the same for every reader."""

from datetime import UTC, datetime

from django import template

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """A number with commas between its thousands."""
    return f"{number:,}"


@register.filter
def utc_moment(at: datetime) -> str:
    """A moment in UTC, to the minute: the log's readers are anywhere."""
    return f"{at.astimezone(UTC):%B} {at.astimezone(UTC).day}, {at.astimezone(UTC):%Y, %H:%M} UTC"
