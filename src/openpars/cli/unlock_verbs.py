"""`openpars unlock`: let somebody try again whom five wrong passwords have locked out (CJIS AC-7)."""

import click

from openpars import cli


@click.command()
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(username: str, as_json: bool) -> None:
    """Release USERNAME for every address from which it was locked. Make sure first who it is that asks for it."""
    cli.django()
    from axes.utils import reset
    from django.db import transaction

    from openpars.agencies import events, queries

    somebody = queries.user_named(username)
    with transaction.atomic():
        released = reset(username=somebody.username)
        events.record("unlock-user", by="console", about={"subject": str(somebody.id)})
    words = "It was locked nowhere." if not released else "It may be tried again, from everywhere."
    cli.say({"released": released}, as_json=as_json, text=f"{somebody.username}: {words}")
