"""`openpars feed`: which subscriptions there are, what ends have dropped, and the key that signs posted events."""

import click
from rich.console import Console
from rich.table import Table

from openpars import cli


@click.group()
def command() -> None:
    """Look at subscriptions, what was told and dropped, and the key that signs posted events."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def key(as_json: bool) -> None:
    """Print the public key that receivers verify posted events with."""
    cli.django()
    from openpars.disclosure import posting

    public = posting.key().public
    cli.say({"key": public}, as_json=as_json, text=public)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def subscriptions(as_json: bool) -> None:
    """List every subscription with how many of its events wait, were told, and were dropped or given up."""
    cli.django()
    from openpars.disclosure import subscriptions as queries

    found = queries.all_of_them()
    if as_json:
        listed = [
            {
                "id": str(each.id), "agency": each.asker.agency_ori, "clause": each.clause, "purpose": each.purpose,
                "events": sorted(each.events), "ends_at": each.ends_at, "confirm_by_at": each.confirm_by_at,
                "stopped_at": each.stopped_at, "why": each.why, "queued": each.queued, "delivered": each.delivered,
                "lost": each.lost,
            }
            for each in found
        ]  # fmt: skip
        cli.say({"subscriptions": listed}, as_json=True, text="")
        return
    if not found:
        click.echo("Nobody subscribes to anything.")
        return
    table = Table(
        "agency", "clause", "events", "until", "confirm by", "wait", "told", "lost", "state", box=None
    )
    for each in found:
        state = f"stopped: {each.why}" if each.stopped_at else "live"
        table.add_row(
            each.asker.agency_ori, each.clause, ", ".join(sorted(each.events)), f"{each.ends_at:%Y-%m-%d}",
            f"{each.confirm_by_at:%Y-%m-%d}", str(each.queued), str(each.delivered), str(each.lost), state,
        )  # fmt: skip
    Console().print(table)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def dropped(as_json: bool) -> None:
    """Drop what may not be told any more, and say what all ends so far have dropped."""
    cli.django()
    from openpars.disclosure import feed
    from openpars.disclosure import subscriptions as queries

    feed.drop_ended()
    lost = queries.dropped()
    text = "\n".join(f"{count:8,} {why}" for why, count in lost.items()) or "Nothing was ever dropped."
    cli.say({"dropped": lost}, as_json=as_json, text=text)
