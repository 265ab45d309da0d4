"""`openpars agreement key|sign`: an office's key, and what it signs.

They need no database: they run on the machine that holds the office's private key.
"""

import os
from pathlib import Path

import click

from openpars.agreements.rules import signing
from openpars.agreements.rules.language import parse, render, text_hash
from openpars.agreements.rules.plain import plain
from openpars.cli import say
from openpars.cli.agreement_reading import as_json_option, file_argument, read
from openpars.errors import BadInput, Conflict


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json_option
def key(file: Path, as_json: bool) -> None:
    """Make an office's key: the private half goes to FILE (for its owner alone), the public half is printed."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    made = Ed25519PrivateKey.generate()
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(f"{file} is there already: a key is never written over.") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(pem)
    public = f"ed25519:{signing.encoded(made.public_key().public_bytes_raw())}"
    say({"public": public, "file": str(file)}, as_json=as_json, text=public)


@click.command()
@file_argument
@click.option(
    "--key", "key_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--yes", is_flag=True, help="Do not show the text in plain English and ask first.")
@as_json_option
def sign(file: Path, key_file: Path, yes: bool, as_json: bool) -> None:
    """Sign the agreement of FILE, text and plain English together; print the signature. Needs no database."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    agreement = parse(read(file))
    try:
        held = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (ValueError, TypeError):
        held = None
    if not isinstance(held, Ed25519PrivateKey):
        raise BadInput.one("--key", "is not a private key that `openpars agreement key` wrote")
    if not yes and not as_json:
        for sentence in plain(agreement):
            click.echo(f"{sentence.clause:>12}  {sentence.text}", err=True)
        click.confirm("Sign this for your office?", abort=True, err=True)
    hashed, rendering = text_hash(render(agreement)), signing.plain_digest(agreement)
    made = signing.Signature(
        hashed,
        rendering,
        held.public_key().public_bytes_raw(),
        held.sign(signing.statement(hashed, rendering)),
    )
    say({"signature": signing.write(made)}, as_json=as_json, text=signing.write(made).rstrip("\n"))


VERBS = (key, sign)
