"""The part of `openpars serve` that posts events to their subscribers, and drops those of subscriptions that are over.

It runs in the pages' role: what it posts, it asks for at the door, event by event."""

import threading
import time
from collections.abc import Sequence

from openpars import cli

POSTERS = 4
"""How many receivers are posted to at once: a slow one holds up no other."""
LOOK_AGAIN = 2.0
"""Seconds after which events that are due again, and subscriptions that are over, are looked for unasked."""


def run(told: Sequence[int]) -> int:
    """Post events until `told` holds something; answers the exit code. A database that is away is waited for."""
    cli.django()
    from django.db import Error, connection
    from psycopg import Error as DriverError

    from openpars.disclosure import feed
    from openpars.engine import faults

    work = threading.Event()
    posters = [threading.Thread(target=_post_along, args=(told, work)) for _ in range(POSTERS)]
    for poster in posters:
        poster.start()
    while not told:
        try:
            connection.ensure_connection()
            heard = connection.connection
            heard.execute("LISTEN openpars_feed")
            while not told:
                feed.drop_ended()
                work.set()
                for _ in heard.notifies(timeout=LOOK_AGAIN, stop_after=1):
                    pass
        except (Error, DriverError) as error:
            faults.note(error)
            connection.close()
            time.sleep(LOOK_AGAIN)
    for poster in posters:
        poster.join()
    connection.close()
    return 0


def _post_along(told: Sequence[int], work: threading.Event) -> None:
    """One of the posters. Whatever breaks is noted and tried again."""
    from django.db import connection

    from openpars import clock
    from openpars.disclosure import posting
    from openpars.engine import faults

    signer = posting.key()
    while not told:
        if not work.wait(LOOK_AGAIN):
            continue
        work.clear()
        try:
            while not told and posting.post_next(signer=signer, at=clock.now()):
                work.set()
        except Exception as error:
            faults.note(error)
            connection.close()
    connection.close()
