"""A city played by several processes at once, each its own lane of the plan: lanes touch one another nowhere."""

import multiprocessing
from collections.abc import Callable
from queue import Empty
from typing import Any

from openpars.errors import Fault, OpenParsError
from openpars.synthetic.order import Order
from openpars.synthetic.plan import LANES

_STEP = 20  # lives between two words of progress


def play_lanes(order: Order, *, progress: Callable[[int], None]) -> None:
    """Play a planned city until its last instant, a process a lane. `progress(lives)` tells how many more are done.
    Raises what a process refused,
    and Fault where one ends badly; what was played stands."""
    # A fresh interpreter each: a forked one would share this one's connection.
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    failed = context.Queue()
    workers = [
        context.Process(target=_lane, args=(order, lane, told, failed), daemon=True) for lane in range(LANES)
    ]
    for worker in workers:
        worker.start()
    try:
        while any(worker.is_alive() for worker in workers):
            try:
                progress(told.get(timeout=0.5))
            except Empty:
                continue
        while not told.empty():
            progress(told.get())
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
    if not failed.empty():
        raise failed.get()
    if any(worker.exitcode for worker in workers):
        raise Fault("A process that played the city ended early: what it played stands, the rest is missing.")


def _lane(order: Order, lane: int, told: Any, failed: Any) -> None:
    try:
        _play(order, lane, told)
    except OpenParsError as error:
        failed.put(error)


def _play(order: Order, lane: int, told: Any) -> None:
    import django

    django.setup()
    from openpars.synthetic.city import PRINTED, hasten, planned, play
    from openpars.synthetic.player import Player

    hasten()
    past, _ = planned(seed=order.seed, days=order.days, per_day=order.per_day, until=order.until)
    mine = [life for life in past if life.scene.lane == lane]
    done = 0
    player = Player(order.seed, order.by, prints_from=order.until - PRINTED)
    for done, _ in enumerate(play(player, mine, until=order.until), 1):
        if done % _STEP == 0:
            told.put(_STEP)
    told.put(done % _STEP)
