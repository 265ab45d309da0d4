from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """The `agreements` app: may they."""

    name = "openpars.agreements"
    default_auto_field = "django.db.models.BigAutoField"
