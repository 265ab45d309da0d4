"""Nothing found is answered on a beat.

Whom an agreement hides and who is not there are answered alike, but not as fast: to fetch a row and leave it out takes
longer than to find none (bench/timing.py). So where an outside agency finds nothing or is refused, the entry is written
at the next beat after the question came: how long the look took shows neither in the answer nor in how long it held
the locks that the asker's next question waits for. A record that is found says more than its time does, and waits
for nothing.
"""

import time

BEAT = 0.04
"""Seconds: several times as long as a look takes among a million people. A longer one waits for the beat after."""


def left(took: float) -> float:
    """The seconds until the next beat of a look that took so many."""
    return BEAT - took % BEAT if BEAT else 0.0


def wait(since: float) -> None:
    """Sleep until the next beat after `since`, an instant of `time.monotonic`."""
    time.sleep(left(time.monotonic() - since))
