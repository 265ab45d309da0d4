"""The life of agreements: what leads to one and follows from it. Acts, votes, signatures and letters are kept as
they were: triggers refuse to rewrite them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from openpars.engine import roles

KEPT = ("act", "ballotvote", "partysignature", "letter", "delivery")
"""Tables whose rows are never changed."""

CHANGEABLE = {
    "proposal": ("withdrawn_at", "done_at", "number"),
    "partykey": ("revoked_at",),
    "certificate": ("received_at", "received_by", "received_words"),
    "enteredrule": ("repealed_at",),
}
"""Tables of whose rows only these columns change, each once."""

KEEP_THE_REST = """
CREATE FUNCTION agreements_refuse_but() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - TG_ARGV IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV OR EXISTS (
      SELECT FROM jsonb_each(to_jsonb(OLD)) o
      WHERE o.key = ANY (TG_ARGV) AND o.value NOT IN ('null', '""') AND to_jsonb(NEW) -> o.key <> o.value) THEN
    RAISE EXCEPTION 'what was said is not rewritten: UPDATE of % is refused', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def keep(apps, schema_editor):
    """The triggers, and SELECT to the pages."""
    for table in KEPT:
        schema_editor.execute(
            f"CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON agreements_{table}"
            " FOR EACH ROW EXECUTE FUNCTION agreements_refuse()"
        )
    schema_editor.execute(KEEP_THE_REST, params=None)
    for table, columns in CHANGEABLE.items():
        listed = ", ".join(f"'{column}'" for column in columns)
        schema_editor.execute(
            f"CREATE TRIGGER kept BEFORE UPDATE ON agreements_{table}"
            f" FOR EACH ROW EXECUTE FUNCTION agreements_refuse_but({listed})"
        )
        schema_editor.execute(
            f"CREATE TRIGGER not_deleted BEFORE DELETE ON agreements_{table}"
            " FOR EACH ROW EXECUTE FUNCTION agreements_refuse()"
        )
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    for table in (*KEPT, *CHANGEABLE, "draft"):
        schema_editor.execute(f'GRANT SELECT ON agreements_{table} TO "{app}"')


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0003_roles_and_powers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('verb', models.TextField()),
                ('by', models.TextField()),
                ('at', models.DateTimeField()),
                ('ori', models.CharField(max_length=9)),
                ('subject', models.TextField()),
                ('grounds', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('kept_at', models.DateTimeField()),
                ('kept_by', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='EnteredRule',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('title', models.TextField()),
                ('citation', models.TextField()),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('elements', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('shapes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('effective_on', models.DateField()),
                ('entered_by', models.UUIDField()),
                ('entered_at', models.DateTimeField()),
                ('repealed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PartyKey',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('ori', models.CharField(max_length=9)),
                ('label', models.TextField()),
                ('public', models.BinaryField(unique=True)),
                ('registered_by', models.UUIDField()),
                ('registered_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('clause', models.TextField()),
                ('demanded_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(null=True)),
                ('received_by', models.UUIDField(null=True)),
                ('received_words', models.TextField()),
                ('agreement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='agreements.agreementversion')),
            ],
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('source', models.TextField(unique=True)),
                ('to_ori', models.CharField(max_length=9)),
                ('address', models.TextField()),
                ('subject', models.TextField()),
                ('body', models.TextField()),
                ('pdf', models.BinaryField()),
                ('digest', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='agreements.agreementversion')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('was_taken', models.BooleanField()),
                ('problem', models.TextField()),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='agreements.letter')),
            ],
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('matter', models.TextField(choices=[('text', 'Text'), ('non-renewal', 'Non Renewal')])),
                ('identifier', models.TextField()),
                ('version', models.IntegerField()),
                ('title', models.TextField()),
                ('kind', models.TextField(choices=[('outside', 'Outside'), ('charter', 'Charter')])),
                ('text', models.TextField()),
                ('text_hash', models.CharField(max_length=64)),
                ('plain_digest', models.CharField(max_length=64)),
                ('receiver_ori', models.CharField(max_length=9, null=True)),
                ('grounds', models.TextField()),
                ('by_vote', models.BooleanField()),
                ('put_by', models.UUIDField()),
                ('put_at', models.DateTimeField()),
                ('consultation_ends_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('number', models.ForeignKey(db_column='number', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='agreements.agreementversion')),
            ],
        ),
        migrations.CreateModel(
            name='PartySignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ori', models.CharField(max_length=9)),
                ('signature', models.BinaryField()),
                ('by', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='agreements.partykey')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='agreements.proposal')),
            ],
        ),
        migrations.CreateModel(
            name='BallotVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ori', models.CharField(max_length=9)),
                ('by', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('in_favor', models.BooleanField()),
                ('grounds', models.TextField()),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='agreements.proposal')),
            ],
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), ('done_at__isnull', True), _connector='OR'), name='agreements_proposal_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='partysignature',
            constraint=models.UniqueConstraint(fields=('proposal', 'ori'), name='agreements_one_signature_a_party'),
        ),
        migrations.AddConstraint(
            model_name='ballotvote',
            constraint=models.UniqueConstraint(fields=('proposal', 'ori'), name='agreements_one_vote_an_office'),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
