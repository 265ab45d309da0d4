"""A permit whose agency shares limits of a day keeps count of what is used up, so that no request counts all before it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
KEEP = """
CREATE TABLE guard.day_use (
    schema text NOT NULL,
    used_on date NOT NULL,
    requests bigint NOT NULL DEFAULT 0,
    results bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (schema, used_on)
) WITH (fillfactor = 50);
INSERT INTO guard.day_use
SELECT d.schema, (d.begun_at AT TIME ZONE c.zone)::date, count(*), sum(d.record_count)
FROM public.disclosure_disclosure d JOIN public.agreements_permit p ON p.schema = d.schema, guard.city c
WHERE d.kind <> 'event' AND num_nonnulls(p.requests_per_day, p.results_per_day) > 0
GROUP BY 1, 2;
DROP FUNCTION IF EXISTS guard.used(text, timestamptz);
"""


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(KEEP)
        for name in ("cases.sql", "guard.sql"):
            cursor.execute((SQL / name).read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0038_recompiled")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
