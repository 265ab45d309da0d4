from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The `portal` app: the pages of agencies' people."""

    name = "openpars.portal"
    default_auto_field = "django.db.models.BigAutoField"
