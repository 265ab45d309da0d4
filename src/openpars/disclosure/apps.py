from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """The `disclosure` app: the one door."""

    name = "openpars.disclosure"
    default_auto_field = "django.db.models.BigAutoField"
