"""Subscriptions: their tables, what fills the queue, what empties it, and who may do what with it."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

from openpars.engine import roles

SQL = Path(__file__).resolve().parent.parent / "sql"

TRIGGERS = """
CREATE TRIGGER queued_new AFTER INSERT ON public.records_arrest
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION guard.arrests_added();
CREATE TRIGGER queued_moved AFTER UPDATE ON public.records_arrest
    FOR EACH ROW WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION guard.arrest_moved();
CREATE TRIGGER queued_new AFTER INSERT ON public.records_charge
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION guard.charges_added();
CREATE TRIGGER queued_approved AFTER UPDATE ON public.records_charge
    FOR EACH ROW WHEN (NEW.status = 'approved' AND OLD.status <> 'approved') EXECUTE FUNCTION guard.charge_approved();
CREATE TRIGGER queued_new AFTER INSERT ON public.records_custodystatuschange
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION guard.custody_added();
CREATE TRIGGER queued_new AFTER INSERT ON public.records_disposition
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION guard.dispositions_added();
CREATE TRIGGER feed_forgotten AFTER UPDATE OF carried_out_at ON public.records_courtorder
    FOR EACH ROW WHEN (OLD.carried_out_at IS NULL AND NEW.carried_out_at IS NOT NULL)
    EXECUTE FUNCTION guard.feed_forgotten();
CREATE TRIGGER feed_ended AFTER INSERT ON public.agreements_change
    FOR EACH ROW EXECUTE FUNCTION guard.agreement_changed();
CREATE TRIGGER feed_ended AFTER UPDATE ON public.agencies_user
    FOR EACH ROW WHEN ((OLD.is_active, OLD.screened_until, OLD.trained_until, OLD.agency_id, OLD.role)
        IS DISTINCT FROM (NEW.is_active, NEW.screened_until, NEW.trained_until, NEW.agency_id, NEW.role))
    EXECUTE FUNCTION guard.standing_changed();
CREATE TRIGGER feed_ended AFTER UPDATE ON public.agencies_token
    FOR EACH ROW WHEN ((OLD.revoked_at, OLD.expires_at) IS DISTINCT FROM (NEW.revoked_at, NEW.expires_at))
    EXECUTE FUNCTION guard.standing_changed();
"""

SEEN_BY_THE_PAGES = (
    "GRANT SELECT ON disclosure_subscription TO {app}",
    "GRANT SELECT (place, event, subscription_id, state, tries, due_at, done_at, why) ON disclosure_delivery TO {app}",
    "GRANT EXECUTE ON FUNCTION guard.drop_ended(), guard.unsubscribe(uuid, uuid), guard.claim(interval),"
    " guard.settle(uuid, text, interval), guard.open_until(uuid, uuid) TO {app}",
    "GRANT EXECUTE ON FUNCTION guard.subscribe(uuid, text, text[], uuid[], timestamptz, text), guard.confirm(uuid)"
    " TO {gateway}",
    "GRANT SELECT ON disclosure_subscription, disclosure_delivery, disclosure_following TO {views}",
)
"""The pages' role sees that something waits, never what: neither the arrest nor the kind of event."""


def build(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    named = {kind: f'"{roles.name(database, kind)}"' for kind in ("app", "gateway", "views")}
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "guard.sql").read_text())
        cursor.execute((SQL / "feed.sql").read_text())
        cursor.execute(TRIGGERS)
        for grant in SEEN_BY_THE_PAGES:
            cursor.execute(grant.format(**named))


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0007_events"),
        ("agreements", "0005_events"),
    ]

    operations = [
        migrations.CreateModel(
            name='Following',
            fields=[
                ('pk', models.CompositePrimaryKey('subscription_id', 'arrest_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('subscription_id', models.UUIDField()),
                ('arrest_id', models.UUIDField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
                ('schema', models.TextField()),
                ('clause', models.TextField()),
                ('user_id', models.UUIDField(db_index=True)),
                ('agency_ori', models.TextField()),
                ('purpose', models.TextField()),
                ('case_number', models.TextField()),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('url', models.TextField(default='')),
                ('made_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('confirm_by_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(null=True)),
                ('why', models.TextField(default='')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('place', models.BigAutoField(primary_key=True, serialize=False)),
                ('event', models.UUIDField(unique=True)),
                ('subscription_id', models.UUIDField()),
                ('kind', models.TextField()),
                ('arrest_id', models.UUIDField(db_index=True)),
                ('happened_at', models.DateTimeField()),
                ('state', models.TextField(choices=[('queued', 'Queued'), ('delivered', 'Delivered'), ('dropped', 'Dropped'), ('dead', 'Dead')])),
                ('tries', models.IntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('why', models.TextField(default='')),
            ],
            options={
                'indexes': [models.Index(fields=['subscription_id', 'state'], name='delivery_of_subscription'), models.Index(condition=models.Q(('state', 'queued')), fields=['due_at'], name='delivery_due')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
