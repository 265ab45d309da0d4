"""What a permit lets its people subscribe to."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreements", "0004_proceedings")]

    operations = [
        migrations.AddField(
            model_name="permit",
            name="events",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
    ]
