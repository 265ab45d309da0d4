from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """The `agencies` app: who asks."""

    name = "openpars.agencies"
    default_auto_field = "django.db.models.BigAutoField"
