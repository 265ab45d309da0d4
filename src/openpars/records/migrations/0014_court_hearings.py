"""The hearings after the arraignment, held or put off, and the next court date as it stands."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from openpars.engine import roles

# Cases that go on have the date that their arraignment gave; of files from elsewhere no date is kept as ours.
DATES = """
UPDATE records_arrest a SET court_on = m.next_on
FROM (SELECT DISTINCT ON (arrest_id) arrest_id, next_on FROM records_preliminaryarraignment
      ORDER BY arrest_id, held_at DESC) m
WHERE a.id = m.arrest_id AND a.source = '' AND EXISTS (
    SELECT FROM records_charge c WHERE c.arrest_id = a.id AND c.stage = 'filed' AND c.status = 'approved'
      AND NOT EXISTS (SELECT FROM records_disposition d WHERE d.charge_id = c.id));
"""

def grant(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    desk, views = (f'"{roles.name(database, kind)}"' for kind in ("desk", "views"))
    run = schema_editor.execute
    run(f"GRANT INSERT ON records_courthearing TO {desk}")
    run(f"GRANT SELECT (id, arrest_id, outcome, heard_on, next_on, recorded_at) ON records_courthearing TO {desk}")
    # Whether it was found, as its state: the clock of 48 hours stops there.
    run(f"GRANT SELECT (probable_cause) ON records_preliminaryarraignment TO {desk}")
    run(f"GRANT UPDATE (court_on) ON records_arrest TO {desk}")
    run(f"GRANT SELECT ON records_courthearing TO {views}")
    run(
        "CREATE TRIGGER traced BEFORE INSERT OR UPDATE OR DELETE ON records_courthearing FOR EACH STATEMENT"
        " WHEN (current_user = current_database() || '_desk')"
        " EXECUTE FUNCTION records_traced('hold_hearing put_off_hearing')"
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0013_bail_changes")]

    operations = [
        migrations.CreateModel(
            name="CourtHearing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("outcome", models.TextField()),
                ("heard_on", models.DateField()),
                ("next_on", models.DateField(blank=True, null=True)),
                ("cause", models.TextField(blank=True, db_default="", default="")),
                ("recorded_at", models.DateTimeField()),
                (
                    "arrest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="court_hearings",
                        to="records.arrest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(outcome__in=["held", "put off"]), name="hearing_outcome_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(outcome="held") | (Q(next_on__isnull=False) & ~Q(cause="")),
                        name="hearing_put_off_to_a_day_for_a_cause",
                    ),
                ],
            },
        ),
        migrations.AddField("arrest", "court_on", models.DateField(blank=True, null=True)),
        migrations.RunSQL(DATES, migrations.RunSQL.noop),
        migrations.AddIndex(
            "arrest",
            models.Index(fields=["court_on"], name="arrest_in_court", condition=Q(court_on__isnull=False)),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
