"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """Context of every template: whether this is a demonstration."""
    return {"demonstration": settings.DEMONSTRATION}
