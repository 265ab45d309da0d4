"""What `openpars serve` does besides answering: keep the log integrated, have it witnessed, forget old drafts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from openpars import cli

if TYPE_CHECKING:
    from openpars.translog.actions import Published

INTEGRATE_EVERY = 0.5
"""Seconds between two looks for entries that no checkpoint covers yet: a checkpoint costs as much for one entry as
for thousands, so the log takes what came in the meantime together."""
KEEP_EVERY = 1.0
"""Seconds between two rounds of the keeper while nobody acts."""
PUBLISH_EVERY = 1.0
"""Seconds between two rounds of asking the witnesses."""
LONGEST_PAUSE = 64.0
"""Seconds for which a witness that fails again and again is left alone."""
FORGET_EVERY = 3600.0
"""Seconds between two looks for what has had its time."""
BROKEN_LOG = 4
"""The integrator's exit code where the log does not verify: starting it again would not help."""


def integrate(told: Sequence[int]) -> int:
    """Integrate the log until `told` holds something, give counted refusals their entries, and each hour destroy what
    has had its time: drafts, what opens old events, whence comments came. Answers the exit code. Waits for a database
    that is away."""
    cli.django()
    from django.db import Error, connection

    from openpars import clock
    from openpars.agencies import events
    from openpars.agreements import comments
    from openpars.errors import LogBroken
    from openpars.records.actions.drafts import drop_forgotten
    from openpars.translog import actions, signers

    forget_at, heard = time.monotonic(), False
    while not told:
        try:
            heard = heard or _hear_witnesses()
            if time.monotonic() >= forget_at:
                drop_forgotten(at=clock.now())
                events.forget(at=clock.now())
                comments.forget_sources()
                forget_at = time.monotonic() + FORGET_EVERY
            events.close_counts()
            added = actions.integrate(signer=signers.configured(), at=clock.now()).added
        except LogBroken as error:
            click.echo(f"No more checkpoints are signed: {error}", err=True)
            return BROKEN_LOG
        except Error:
            connection.close()
            added = 0
        if added < actions.BATCH:
            time.sleep(INTEGRATE_EVERY)
    return 0


def _hear_witnesses() -> bool:
    """Ask each witness before anything is signed, where it is not remembered here what was signed last: the database
    may be an old backup, and the machine new. Answers true."""
    from openpars import clock
    from openpars.translog import actions, queries, signers

    remembered, latest = signers.configured().memory.last, queries.latest()
    if latest and (remembered is None or remembered.size != latest.size):
        actions.publish(at=clock.now(), everybody=True)
    return True


@dataclass
class Pause:
    """How long a witness that failed is left alone: twice as long each time, and what it was said to have."""

    until: float
    seconds: float
    problem: str


def publish(told: Sequence[int]) -> int:
    """Have the log witnessed until `told` holds something; answers the exit code. Each trouble with a witness is
    told once, and told to be over once."""
    cli.django()
    from django.db import Error, connection

    from openpars import clock
    from openpars.errors import OpenParsError
    from openpars.translog import actions

    said = ""
    pauses: dict[str, Pause] = {}
    while not told:
        now = time.monotonic()
        left_alone = {name for name, pause in pauses.items() if pause.until > now}
        try:
            done = actions.publish(at=clock.now(), but_not=left_alone)
        except Error:
            connection.close()
        except OpenParsError as error:
            if str(error) != said:
                click.echo(f"Nothing is published: {error}", err=True)
            said = str(error)
        else:
            _tell(pauses, done, left_alone)
        time.sleep(PUBLISH_EVERY)
    return 0


def keep(told: Sequence[int]) -> int:
    """Carry out what the owners decided, suspend at thresholds, ask for certificates, write and e-mail letters and
    words of subscriptions that died, until `told` holds something; answers the exit code. Wakes at each act on
    agreements, and at least once a second: a term ends with nobody near."""
    cli.django()
    from django.db import Error, connection

    from openpars.agreements import keeper, proposals
    from openpars.disclosure import mailing, thresholds

    said: dict[str, str] = {}
    while not told:
        try:
            with connection.cursor() as cursor:
                cursor.execute("LISTEN openpars_agreements")
            thresholds.suspend_reached(at=proposals.now())
            done = keeper.keep(at=proposals.now())
            mailing.mail_dead(at=proposals.now())
            for which, problem in done.problems.items():
                if said.get(which) != problem:
                    click.echo(f"The keeper is stuck at {which}: {problem}", err=True)
            said = done.problems
            for _ in connection.connection.notifies(timeout=KEEP_EVERY, stop_after=1):
                pass
        except Error:
            connection.close()
            time.sleep(KEEP_EVERY)
    return 0


def _tell(pauses: dict[str, Pause], done: "Published", left_alone: set[str]) -> None:
    for name, problem in done.problems.items():
        before = pauses.get(name)
        if before is None or before.problem != problem:
            click.echo(f"Witness {name}: {problem}", err=True)
        seconds = min(LONGEST_PAUSE, 2 * before.seconds if before else PUBLISH_EVERY)
        pauses[name] = Pause(time.monotonic() + seconds, seconds, problem)
    for name in [name for name in pauses if name not in done.problems and name not in left_alone]:
        del pauses[name]
        # One that is in no policy any more is out of trouble without having signed.
        if name in done.cosigned:
            click.echo(f"Witness {name}: has cosigned again", err=True)
