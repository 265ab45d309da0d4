"""Nothing found is answered on a beat.

Whom an agreement hides and who is not there are answered alike, but not as fast: to fetch a row and leave it out takes
longer than to find none (bench/timing.py). So an outside agency's answer without records is handed over at the next
beat after the question came, and how long the look took does not show. A record that is found says more than its time
does: that answer waits for nothing.
"""

import time

BEAT = 0.02
"""Seconds: several times as long as a look takes among a million people. A longer one waits for the beat after."""


def left(took: float) -> float:
    """The seconds until the next beat of a look that took so many."""
    return BEAT - took % BEAT if BEAT else 0.0


def wait(since: float) -> None:
    """Sleep until the next beat after `since`, an instant of `time.monotonic`."""
    time.sleep(left(time.monotonic() - since))
