from django.apps import AppConfig


class TranslogConfig(AppConfig):
    """The `translog` app: the tamper-evident log."""

    name = "openpars.translog"
    default_auto_field = "django.db.models.BigAutoField"
