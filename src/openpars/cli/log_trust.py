"""`openpars log policy` and `openpars log key`: who witnesses the log, and with which keys it signs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openpars import clock
from openpars.cli import django, say
from openpars.errors import FileMalformed

if TYPE_CHECKING:
    from openpars.translog.rules.note import VerifierKey

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
    states = dict.fromkeys(map(str, signer.keys), "distrusted")
    states |= dict.fromkeys(map(str, signer.trusted), "retired") | dict.fromkeys(
        map(str, signer.in_use), "signs"
    )
    text = "\n".join(f"{state:11}{vkey}" for vkey, state in states.items())
    say({"keys": states}, as_json=as_json, text=text)


# The event of each comes first: what cannot be written down is not done. The entry in clear is for whoever verifies.
@key.command()
@as_json_option
def rotate(as_json: bool) -> None:
    """Make a new key. Both sign from now on, until `retire` ends the older one."""
    django()
    from openpars.translog import signers

    signer = signers.rotating()
    old = signer.in_use[0]
    new = _changed("rotate-key", "begun", old.id.hex(), lambda: signer.begin_rotation())
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
    from openpars.translog import signers

    _changed("retire-key", "retired", key_id, lambda: signers.rotating().retire(key_id))
    say({"retired": key_id}, as_json=as_json, text=f"Key {key_id} signs no more.")


@key.command()
@click.argument("key_id", metavar="ID")
@as_json_option
def distrust(key_id: str, as_json: bool) -> None:
    """Publish the key with this ID no more, since somebody else may sign with it. Retire it first.

    What it signed is still checked here; whoever verifies must strike it too, and fetch their receipts anew.
    """
    django()
    from openpars.translog import signers

    _changed("distrust-key", "distrusted", key_id, lambda: signers.configured().distrust(key_id))
    text = f"Key {key_id} is published no more. Tell the witnesses and whoever verifies to strike it too."
    say({"distrusted": key_id}, as_json=as_json, text=text)


def _changed(kind: str, change: str, key_id: str, make: Callable[[], "VerifierKey"]) -> "VerifierKey":
    """Make a change of keys, with its event and its entry."""
    from django.db import transaction

    from openpars.agencies import events
    from openpars.translog import actions

    with transaction.atomic():
        events.record(kind, by="console", about={"key": key_id[:16]})
        made = make()
        actions.enter_key(key=made, change=change, by="console", at=clock.now())
    return made
