"""No entry, no data (promise 2): the path from question to answer is broken at each step, and nothing leaves.

Each break is a real one: the server refuses, goes away or is lied about. Afterwards the log holds whatever was
durable, verifies, and the next request works.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.disclosure import actions, gateway, queries
from openpars.disclosure.models import Disclosure
from openpars.engine import address, roles
from openpars.errors import DatabaseUnavailable, Fault, NotPermitted
from openpars.translog import actions as log
from openpars.translog import log_check, signers
from tests.integration.disclosure.city import PURPOSE, City, under


def search(asker):
    return actions.search(
        asker=asker, purpose=PURPOSE, case_number="N-2031-17", name="Quimby, Odalys", birth_date="1988-04-17"
    )


def owner() -> psycopg.Connection:
    return psycopg.connect(**address.owner().conninfo(), autocommit=True)


def log_verifies() -> None:
    """Integrate whatever waits, then rebuild and compare everything."""
    signer = signers.configured()
    while log.integrate(signer=signer, at=clock.now()).added:
        pass
    for _ in log_check.check(signer.key):
        pass


@contextmanager
def entries_cannot_be_written() -> Iterator[None]:
    with owner() as broken:
        broken.execute(
            "CREATE FUNCTION pg_temp_disk_full() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        broken.execute(
            "CREATE TRIGGER disk_full BEFORE INSERT ON translog_pending EXECUTE FUNCTION pg_temp_disk_full()"
        )
        try:
            yield
        finally:
            broken.execute("DROP FUNCTION pg_temp_disk_full() CASCADE")


def cut_gateway_connections() -> int:
    """End the server's side of every connection of the gateway, as a killed server would."""
    with owner() as cutting:
        rows = cutting.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
            [roles.name(cutting.info.dbname, "gateway")],
        ).fetchall()
        return len(rows)


@pytest.fixture
def gateway_may_be_cut() -> None:
    # The owner is no superuser: it may end others' sessions only as a member of their role.
    with owner() as granting:
        role = roles.name(granting.info.dbname, "gateway")
        granting.execute(f'GRANT "{role}" TO CURRENT_USER')


def test_the_entry_write_lost_releases_nothing(city: City) -> None:
    city.arrest()
    asker, _ = under()
    with entries_cannot_be_written(), pytest.raises((Fault, DatabaseUnavailable)):
        search(asker)
    assert not Disclosure.objects.filter(user_id=asker.user_id).exists()
    assert search(asker).results
    log_verifies()


def test_a_refusal_that_cannot_be_written_releases_nothing_either(city: City) -> None:
    asker, number = under()
    agreements.suspend(number=number, grounds="For a test.", by="test", at=clock.now())
    with entries_cannot_be_written(), pytest.raises((Fault, DatabaseUnavailable)):
        search(asker)
    with pytest.raises(NotPermitted):
        search(asker)


def test_the_entry_write_done_but_reported_lost_releases_nothing(city: City, monkeypatch) -> None:
    city.arrest()
    asker, _ = under()
    honest = gateway.end

    def reported_lost(*arguments, **named):
        honest(*arguments, **named)
        raise psycopg.OperationalError("connection lost")

    monkeypatch.setattr(gateway, "end", reported_lost)
    with pytest.raises(DatabaseUnavailable):
        search(asker)
    monkeypatch.undo()
    # The look is in the log although nobody saw the answer: that is the safe side.
    assert Disclosure.objects.filter(user_id=asker.user_id, outcome="permit").count() == 1
    assert search(asker).results
    log_verifies()


@pytest.mark.parametrize("step", ["read", "end"])
def test_a_server_lost_half_way_releases_nothing(
    city: City, monkeypatch, gateway_may_be_cut, step: str
) -> None:
    city.arrest()
    asker, _ = under()
    honest = getattr(gateway, step)

    def after_the_cut(*arguments, **named):
        assert cut_gateway_connections() >= 1
        return honest(*arguments, **named)

    monkeypatch.setattr(gateway, step, after_the_cut)
    with pytest.raises(DatabaseUnavailable):
        search(asker)
    monkeypatch.undo()
    assert not Disclosure.objects.filter(user_id=asker.user_id).exists()
    assert search(asker).results


def test_a_server_restarted_between_requests_is_not_noticed(city: City, gateway_may_be_cut) -> None:
    city.arrest()
    asker, _ = under()
    search(asker)
    assert cut_gateway_connections() >= 1
    assert search(asker).results


def test_a_refusal_after_a_restart_is_a_refusal(city: City, gateway_may_be_cut) -> None:
    asker, number = under()
    agreements.suspend(number=number, grounds="For a test.", by="test", at=clock.now())
    for cut in (False, True):
        assert not cut or cut_gateway_connections() >= 1
        with pytest.raises(NotPermitted):
            search(asker)
    assert Disclosure.objects.filter(user_id=asker.user_id, outcome="deny").count() == 2


def test_a_refusal_whose_commit_was_reported_lost_is_entered_once(
    city: City, monkeypatch, gateway_may_be_cut
) -> None:
    asker, number = under()
    agreements.suspend(number=number, grounds="For a test.", by="test", at=clock.now())
    honest, lost = gateway.refuse, []

    def reported_lost(opened, **given):
        entry = honest(opened, **given)
        if not lost:
            opened.execute("COMMIT")
            lost.append(cut_gateway_connections())
            opened.execute("SELECT 1")
        return entry

    monkeypatch.setattr(gateway, "refuse", reported_lost)
    with pytest.raises(NotPermitted) as refused:
        search(asker)
    assert lost
    ids = Disclosure.objects.filter(user_id=asker.user_id, outcome="deny").values_list("id", flat=True)
    assert list(map(str, ids)) == [refused.value.reference]
    log_verifies()


def test_a_disclosure_without_its_entry_does_not_commit(city: City) -> None:
    city.arrest()
    asker, number = under()
    epoch = queries.epoch()[0]
    with gateway.connection() as door:
        door.execute("BEGIN")
        door.execute(
            "SELECT guard.begin_disclosure(gen_random_uuid(), %s, %s, 'search', %s,"
            " '{\"case_number\": \"B-1\"}', '\\x00', %s)",
            [f"agreement_{number}_1", asker.user_id, PURPOSE, epoch],
        )
        with pytest.raises(psycopg.Error) as refused:
            door.execute("COMMIT")
    assert refused.value.sqlstate == "OP010"


def test_a_decision_made_on_old_agreements_does_not_commit(city: City) -> None:
    asker, number = under()
    old = queries.epoch()[0]
    agreements.suspend(number=number, grounds="For a test.", by="test", at=clock.now())
    agreements.resume(number=number, grounds="For a test.", by="test", at=clock.now())
    with pytest.raises(gateway.GuardRefused, match="stale"), gateway.connection() as door:
        door.execute(
            "SELECT guard.begin_disclosure(gen_random_uuid(), %s, %s, 'search', %s,"
            " '{\"case_number\": \"B-1\"}', '\\x00', %s)",
            [f"agreement_{number}_1", asker.user_id, PURPOSE, old],
        )


def test_a_process_killed_between_commit_and_hand_over(city: City) -> None:
    """The answer never left, the entry stands, the log verifies, the next request works."""
    city.arrest()
    asker, _ = under()
    script = textwrap.dedent(
        """
        import os, signal, sys
        import django; django.setup()
        from uuid import UUID
        from openpars.disclosure import actions, gateway
        from openpars.disclosure.rules.request import Asker
        honest = gateway.end
        def killed(*arguments, **named):
            honest(*arguments, **named)
            os.kill(os.getpid(), signal.SIGKILL)
        gateway.end = killed
        answer = actions.search(asker=Asker(UUID(sys.argv[1]), sys.argv[2], None), purpose="CrimeInvestigation",
                                case_number="N-2031-17", name="Quimby, Odalys", birth_date="1988-04-17")
        print(answer.body)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(asker.user_id), asker.agency_ori],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "openpars.config.settings"},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert done.stdout == ""
    assert Disclosure.objects.filter(user_id=asker.user_id, outcome="permit").count() == 1
    log_verifies()
    assert search(asker).results


def test_requests_racing_an_end_commit_before_it_or_not_at_all(city: City) -> None:
    """Promise 4: in the log, no disclosure under the agreement stands after its end."""
    city.arrest()
    asker, number = under()
    ended = threading.Event()
    answered: list[int] = []
    refused: list[str] = []
    broken: list[BaseException] = []

    def keep_asking() -> None:
        try:
            while not refused:
                try:
                    answered.append(search(asker).pending_id)
                except NotPermitted as error:
                    refused.append(error.reference)
        except BaseException as error:
            broken.append(error)
        finally:
            from django.db import connection

            connection.close()

    asking = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in asking:
        thread.start()
    while len(answered) < 8 and not broken:
        ended.wait(0.01)
    agreements.terminate(number=number, grounds="For a test.", by="test", at=clock.now())
    for thread in asking:
        thread.join(timeout=30)
    assert not broken
    with owner() as reading:
        leaves = reading.execute(
            "SELECT id, leaf FROM translog_pending UNION ALL SELECT pending_id, leaf FROM translog_entry ORDER BY 1"
        ).fetchall()
    entries = [(number_, json.loads(bytes(leaf))) for number_, leaf in leaves]
    end = next(i for i, e in entries if e.get("verb") == "terminated" and e.get("number") == number)
    disclosed = [i for i, e in entries if e.get("outcome") == "permit" and i in set(answered)]
    assert len(disclosed) == len(answered)
    assert max(disclosed) < end
