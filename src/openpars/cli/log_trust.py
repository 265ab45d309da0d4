"""`openpars log policy` and `openpars log key`: who witnesses the log, and with which keys it signs."""

from pathlib import Path

import click

from openpars import clock
from openpars.cli import django, say
from openpars.errors import FileMalformed

as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


@click.group()
def policy() -> None:
    """Which witnesses are asked, and how many must sign before a checkpoint is published."""


@policy.command("set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
def set_policy(file: Path, as_json: bool) -> None:
    """Put the policy in FILE (c2sp.org/tlog-policy) in force; the log gets an entry that says so.

    A file for two of three: `witness NAME VKEY URL` three times, `group G 2 NAME NAME NAME`, `quorum G`.
    A file with nothing but `quorum none` ends witnessing.
    """
    from openpars.translog.rules.policy import LONGEST

    django()
    from openpars.translog import actions

    try:
        with file.open(encoding="utf-8", newline="") as opened:
            text = opened.read(LONGEST + 1)
    except UnicodeDecodeError:
        raise FileMalformed.one(str(file), "is not UTF-8") from None
    read = actions.set_policy(text=text, by="console", at=clock.now())
    names = [one.name for one in read.witnesses]
    words = f"Asked: {', '.join(names) or 'nobody'}. Wanted before publishing: {read.describe()}."
    say({"witnesses": names, "quorum": read.describe()}, as_json=as_json, text=words)


@policy.command("show")
@as_json_option
def show_policy(as_json: bool) -> None:
    """Print the policy in force, for `openpars-verify --policy`."""
    django()
    from openpars.translog import queries

    text = queries.policy_text()
    say({"policy": text}, as_json=as_json, text=text.rstrip("\n"))


@click.group()
def key() -> None:
    """The keys that sign the log (docs/operating.md says when to change them)."""


@key.command("list")
@as_json_option
def list_keys(as_json: bool) -> None:
    """Show every key that the log was ever signed with, the newest first, and which sign now."""
    django()
    from openpars.translog import signers

    signer = signers.configured()
    states = {str(one): "signs" if one in signer.in_use else "retired" for one in signer.keys}
    text = "\n".join(f"{state:8}{vkey}" for vkey, state in states.items())
    say({"keys": states}, as_json=as_json, text=text)


# The event of each comes first: what cannot be written down is not done.
@key.command()
@as_json_option
def rotate(as_json: bool) -> None:
    """Make a new key. Both sign from now on, until `retire` ends the older one."""
    django()
    from django.db import transaction

    from openpars.agencies import events
    from openpars.translog import signers

    signer = signers.rotating()
    old = signer.in_use[0]
    with transaction.atomic():
        events.record("rotate-key", by="console", about={"key": old.id.hex()})
        new = signer.begin_rotation()
    text = (
        f"New key: {new}\nGive it to the log's witnesses and to whoever verifies. Once they all have it:\n"
        f"  openpars log key retire {old.id.hex()}"
    )
    say({"new": str(new), "old": str(old)}, as_json=as_json, text=text)


@key.command()
@click.argument("key_id", metavar="ID")
@as_json_option
def retire(key_id: str, as_json: bool) -> None:
    """Destroy the private key with this ID (eight hex digits). What it signed still verifies."""
    django()
    from django.db import transaction

    from openpars.agencies import events
    from openpars.translog import signers

    with transaction.atomic():
        events.record("retire-key", by="console", about={"key": key_id[:16]})
        signers.rotating().retire(key_id)
    say({"retired": key_id}, as_json=as_json, text=f"Key {key_id} signs no more.")
