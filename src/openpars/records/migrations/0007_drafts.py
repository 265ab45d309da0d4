"""One draft of a kind about an arrest: a second window keeps over it or is told, and never beside it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("records", "0006_erasing")]

    operations = [
        migrations.AddConstraint(
            "draft",
            models.UniqueConstraint(
                fields=["author_id", "kind", "arrest_id"],
                condition=~Q(kind="arrest"),
                name="draft_of_a_kind_once_about_an_arrest",
            ),
        ),
    ]
