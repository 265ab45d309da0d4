"""`openpars witness`: run a witness of logs. It needs no database, and nothing of the city's."""

import logging
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from openpars import clock
from openpars.cli import say
from openpars.errors import BadInput, NotFound
from openpars.translog.rules import witness as protocol
from openpars.witness import memory
from openpars.witness.door import Witness

folder_argument = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


@click.group()
def command() -> None:
    """A witness of logs: it cosigns what continues what it has seen, and keeps the evidence of a fork.

    Run it where the log's keeper has no say: at a court, a defender's office, a university.
    """


@command.command()
@folder_argument
@click.option("--name", required=True, help="The witness's name, such as court.example/witness.")
@click.option("--log", "logs", multiple=True, metavar="VKEY", help="A log's verifier key; may be repeated.")
@click.option("--quantum-safe", is_flag=True, help="Make an ML-DSA-44 key too, and cosign with both.")
@as_json_option
def init(folder: Path, name: str, logs: tuple[str, ...], quantum_safe: bool, as_json: bool) -> None:
    """Make FOLDER a witness's, or let the witness that it is know more logs. Prints the witness's keys."""
    made = memory.init(folder, name=name, logs=logs, quantum_safe=quantum_safe)
    keys = [str(one.key) for one in made.keys]
    known = sorted(made.logs)
    text = "\n".join([*keys, f"Knows {', '.join(known) or 'no log yet: add one with --log'}."])
    say({"folder": str(folder), "keys": keys, "logs": known}, as_json=as_json, text=text)


@command.command()
@folder_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=7380, show_default=True)
@as_json_option
def serve(folder: Path, host: str, port: int, as_json: bool) -> None:
    """Witness until Ctrl-C. Put TLS in front where it is not the same machine.

    A fork is written to standard error as it is found; `openpars witness status` goes on saying so.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    try:
        server = Witness(memory.Memory(folder), host, port, clock.now)
    except OSError as error:
        raise BadInput.one("--port", f"{host}:{port} cannot be listened on: {error.strerror}") from None
    # shutdown() waits for the loop to end, so it cannot be called from within it.
    stop = threading.Thread(target=server.shutdown)

    def told(*_: object) -> None:
        if stop.ident is None:
            stop.start()

    signal.signal(signal.SIGINT, told)
    signal.signal(signal.SIGTERM, told)
    address = f"http://{host}:{server.server_port}/"
    say({"address": address}, as_json=as_json, text=f"Witnessing at {address}. Ctrl-C stops it.")
    sys.stdout.flush()
    with server:
        server.serve_forever()


@command.command()
@folder_argument
@as_json_option
def status(folder: Path, as_json: bool) -> None:
    """Show each log as last seen, and whether one has forked. Exit code 1 where it has, or has not explained itself."""
    kept = memory.Memory(folder)
    seen, evidence = kept.seen(), kept.evidence()
    open_ones = [one for one in evidence if not one.explained]
    words = [
        f"{one.origin}: {one.size:,} entries, cosigned {_moment(one.at)}"
        if one.at
        else f"{one.origin}: not seen yet"
        for one in seen
    ]
    for one in open_ones:
        words += ["", f"FORK, evidence in {one.folder}:", one.words.rstrip()]
    words += [f"Looked like a fork, and was none: {one.folder}" for one in evidence if one.explained]
    result: dict[str, object] = {
        "keys": [str(one.key) for one in kept.keys],
        "logs": [
            {"origin": one.origin, "size": one.size, "cosigned_at": one.at and _moment(one.at)}
            for one in seen
        ],
        "evidence": [str(one.folder) for one in open_ones],
        "explained": [str(one.folder) for one in evidence if one.explained],
    }
    say(result, as_json=as_json, text="\n".join(words) or "This witness knows no log yet.")
    if open_ones:
        raise SystemExit(1)


@command.command()
@folder_argument
@click.argument("proof", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
def explain(folder: Path, proof: Path, as_json: bool) -> None:
    """Show by PROOF, which the log's keeper makes (openpars log prove), that what looked like a fork was none.

    It must lead from the second checkpoint of the evidence to one that this witness has cosigned.
    """
    kept = memory.Memory(folder)
    with proof.open("rb") as opened:
        request = protocol.parse(opened.read(protocol.LONGEST + 1))
    if not kept.has_cosigned(request.checkpoint):
        raise NotFound("This witness has not cosigned the checkpoint of the proof: ask for one that it has.")
    explained = [str(one.folder) for one in kept.explain(request)]
    if not explained:
        raise NotFound("The proof explains nothing of what is kept.")
    say({"explained": explained}, as_json=as_json, text="\n".join(f"No fork: {one}" for one in explained))


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
