from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The `records` app: what is kept."""

    name = "openpars.records"
    default_auto_field = "django.db.models.BigAutoField"
