"""A subscription may follow the people of a registered case; and the pages' role sees no more of subscriptions than it
shows."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

from openpars.engine import roles

SQL = Path(__file__).resolve().parent.parent / "sql"
SEEN = (
    "id, number, clause, user_id, agency_ori, purpose, case_number, case_id, keys, events, url, made_at, ends_at,"
    " confirm_by_at, stopped_at, why"
)
TRIGGER = """
CREATE TRIGGER queued_corrected AFTER UPDATE ON public.records_person
    FOR EACH ROW WHEN ((OLD.given_folded, OLD.surname_folded, OLD.birth_date)
        IS DISTINCT FROM (NEW.given_folded, NEW.surname_folded, NEW.birth_date))
    EXECUTE FUNCTION guard.person_corrected()
"""
# Views of events that stand said themselves whom a subscription follows; replaced in place, they keep owners and grants.
STANDING = """
SELECT p.schema, v.definition FROM agreements_permit p
JOIN pg_views v ON v.schemaname = p.schema AND v.viewname = 'event'
WHERE v.definition LIKE '%disclosure_following%'
"""


def build(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    app = f'"{roles.name(database, "app")}"'
    with schema_editor.connection.cursor() as cursor:
        # It takes a third argument, which may be left out.
        cursor.execute("DROP FUNCTION IF EXISTS guard.queue(text, uuid[])")
        for name in ("guard", "cases", "feed"):
            cursor.execute((SQL / f"{name}.sql").read_text())
        cursor.execute(TRIGGER)
        cursor.execute(f"REVOKE SELECT ON disclosure_subscription FROM {app}")
        cursor.execute(f"GRANT SELECT ({SEEN}) ON disclosure_subscription TO {app}")
        cursor.execute(STANDING)
        for schema, definition in cursor.fetchall():
            cursor.execute(f'CREATE OR REPLACE VIEW "{schema}".event AS {followed(definition)}')


def followed(definition: str) -> str:
    """The view's definition, with the guard's word on whom its subscription follows."""
    starts = definition.index("(EXISTS ( SELECT 1", definition.index("q.kind = ANY"))
    depth = 0
    for place in range(starts, len(definition)):
        depth += {"(": 1, ")": -1}.get(definition[place], 0)
        if not depth:
            return f"{definition[:starts]}guard.follows(s.id, a.person_id){definition[place + 1 :]}"
    raise ValueError("a view of events that no version of this program made")


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0023_erased_cases")]

    operations = [
        migrations.AddField("subscription", "case_id", models.UUIDField(null=True)),
        migrations.AddField(
            "subscription",
            "keys",
            django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
        ),
        migrations.AddIndex(
            "subscription",
            models.Index(
                fields=["case_id"], name="subscription_live", condition=models.Q(stopped_at__isnull=True)
            ),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
