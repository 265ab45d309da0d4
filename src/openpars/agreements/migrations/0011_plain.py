"""The sentences that were signed are kept beside the text: a program that learns to say a text otherwise takes nothing
back. Of what was put before, those are kept that today's program says so that their digest is what was signed."""

from django.db import migrations, models

from openpars.agreements.rules import language, signing


def keep(apps, schema_editor):
    proposals, versions = (apps.get_model("agreements", name) for name in ("Proposal", "AgreementVersion"))
    for table in ("proposal", "agreementversion"):
        schema_editor.execute(f"ALTER TABLE agreements_{table} DISABLE TRIGGER USER")
    signed = {}
    for row in proposals.objects.all():
        lines = signing.in_plain(language.parse(row.text)).lines
        fits = signing.PlainText(row.text_hash, lines).digest == row.plain_digest
        proposals.objects.filter(pk=row.pk).update(plain=lines if fits else "")
        if row.number_id is not None:
            signed[row.number_id] = lines if fits else ""
    for row in versions.objects.all():
        lines = signed.get(row.number)
        if lines is None:
            lines = signing.in_plain(language.parse(row.text)).lines
        versions.objects.filter(pk=row.pk).update(plain=lines)
    for table in ("proposal", "agreementversion"):
        schema_editor.execute(f"ALTER TABLE agreements_{table} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("agreements", "0010_obstacles")]

    operations = [
        migrations.AddField("proposal", "plain", models.TextField(default=""), preserve_default=False),
        migrations.AddField("agreementversion", "plain", models.TextField(default=""), preserve_default=False),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
