"""Integrating: gapless, in order, one at a time, and never a fork."""

import threading

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpars.errors import LogBroken
from openpars.translog import actions, queries
from openpars.translog.actions import integrating
from openpars.translog.models import Entry
from openpars.translog.rules import checkpoint, merkle, proof
from openpars.translog.signers import FileSigner
from tests.integration.translog import logs
from tests.reference import merkle_reference as reference

pytestmark = pytest.mark.django_db


def test_an_empty_log_signs_nothing(signer: FileSigner) -> None:
    assert logs.integrate(signer) == actions.Integrated(0, 0)
    assert queries.latest() is None
    assert queries.tile(0, 0, 1) is None
    assert logs.verified_size(signer) == 0


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 400), min_size=1, max_size=4), st.data())
def test_law_every_entry_gets_one_index_and_a_receipt_that_verifies(
    signer: FileSigner, steps: list[int], data: st.DataObject
) -> None:
    with transaction.atomic():
        ids = []
        for step in steps:
            ids += logs.append(step)
            assert logs.integrate(signer) == actions.Integrated(step, len(ids))
        assert [queries.index_of(number) for number in ids] == list(range(len(ids)))
        assert queries.pending() == 0
        leaves = [bytes(leaf) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)]
        latest = queries.latest()
        assert latest is not None
        assert latest.root == reference.mth(leaves)
        assert checkpoint.verify(latest.text.encode(), signer.key).size == len(ids)
        assert logs.verified_size(signer) == len(ids)
        index = data.draw(st.integers(0, len(ids) - 1))
        shown = proof.parse((queries.receipt(ids[index]) or "").encode())
        assert (shown.index, shown.extra) == (index, leaves[index])
        assert proof.verify(shown, leaves[index], signer.key).size == len(ids)
        old = data.draw(st.integers(1, len(ids)))
        path = queries.consistency(old)
        assert merkle.verify_consistency(old, len(ids), path, reference.mth(leaves[:old]), latest.root)
        transaction.set_rollback(True)


def test_a_receipt_waits_for_its_checkpoint(signer: FileSigner) -> None:
    (number,) = logs.append(1)
    assert queries.receipt(number) is None
    assert queries.receipt(number + 1) is None
    logs.integrate(signer)
    assert queries.receipt(number) is not None


def test_batches_and_their_bound(signer: FileSigner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrating, "BATCH", 300)
    ids = logs.append(450)
    assert logs.integrate(signer) == actions.Integrated(300, 300)
    assert logs.integrate(signer) == actions.Integrated(150, 450)
    assert [queries.index_of(number) for number in ids] == list(range(450))
    assert logs.verified_size(signer) == 450


@pytest.mark.django_db(transaction=True)
def test_of_two_integrators_one_works_and_the_other_waits_for_nothing(signer: FileSigner) -> None:
    logs.append(5)
    signing, go_on = threading.Event(), threading.Event()
    done: list[actions.Integrated] = []

    class Paused:
        keys, memory = signer.keys, signer.memory

        def sign(self, body: str) -> str:
            signing.set()
            assert go_on.wait(20)
            return signer.sign(body)

    def work() -> None:
        try:
            done.append(actions.integrate(signer=Paused(), at=logs.NOON))
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    assert signing.wait(20)
    logs.append(2)
    assert logs.integrate(signer) == actions.Integrated(0, 0)
    go_on.set()
    thread.join()
    assert done == [actions.Integrated(5, 5)]
    assert logs.integrate(signer) == actions.Integrated(2, 7)
    assert logs.verified_size(signer) == 7


@pytest.mark.django_db(transaction=True)
def test_law_index_order_is_lock_order(signer: FileSigner) -> None:
    """An agreement's end and the disclosures under it: whoever held the lock first stands first, even where
    the integrator runs in between."""
    order: list[int] = []
    failed: list[BaseException] = []

    def under_the_lock(times: int) -> None:
        try:
            for _ in range(times):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(7301, 1)")
                    order.append(actions.append(leaf=b"under the lock"))
                with transaction.atomic():
                    actions.append(leaf=b"elsewhere")
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=under_the_lock, args=(20,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        logs.integrate(signer)
    logs.integrate(signer)
    assert failed == []
    indexes = [queries.index_of(number) for number in order]
    assert None not in indexes
    assert indexes == sorted(indexes)  # type: ignore[type-var]
    assert logs.verified_size(signer) == 160


def test_nothing_is_half_done_where_signing_fails(signer: FileSigner) -> None:
    logs.append(3)

    class Broken:
        keys, memory = signer.keys, signer.memory

        def sign(self, body: str) -> str:
            raise OSError("the key is gone")

    with pytest.raises(OSError, match="the key is gone"):
        actions.integrate(signer=Broken(), at=logs.NOON)
    assert (queries.latest(), queries.pending(), Entry.objects.count()) == (None, 3, 0)
    assert logs.integrate(signer).size == 3


TAMPERINGS = {
    "an entry changed": (
        "UPDATE translog_entry SET leaf = 'changed' WHERE index = 260",
        r"tile/0/001.p/44: hash 4 is not that of entry 260",
    ),
    "an entry removed": (
        "DELETE FROM translog_entry WHERE index = 299",
        "299 entries, but the last checkpoint",
    ),
    "an entry in the middle removed": (
        "DELETE FROM translog_entry WHERE index = 257",
        "299 entries, but the last checkpoint",
    ),
    "an entry moved": ("UPDATE translog_entry SET index = 300 WHERE index = 270", "entry 270 is missing"),
    "an entry slipped in": (
        "INSERT INTO translog_entry VALUES (300, 99999, 'new', now())",
        "301 entries, but the last checkpoint covers 300",
    ),
    "a tile changed": (
        r"UPDATE translog_tile SET hashes = set_byte(hashes, 70, get_byte(hashes, 70) # 1)"
        " WHERE level = 0 AND number = 1",
        r"tile/0/001.p/44: hash 2 is not that of entry 258",
    ),
    "an upper tile changed": (
        "UPDATE translog_tile SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) WHERE level = 1",
        r"tile/1/000.p/1: hash 0 is not that of tile/0/000",
    ),
    "a tile lost": (
        "DELETE FROM translog_tile WHERE level = 1",
        r"tile/1/000.p/1: has 0 bytes where 32 are due",
    ),
    "the checkpoint's root changed with its row": (
        "UPDATE translog_checkpoint SET root = decode(repeat('00', 32), 'hex') WHERE size = 300",
        "checkpoint of size 300: its row does not say what its signed text says",
    ),
    "the checkpoint's text changed": (
        "UPDATE translog_checkpoint SET text = replace(text, E'\\n300\\n', E'\\n301\\n') WHERE size = 300",
        "checkpoint of size 300: signature",
    ),
    "every checkpoint removed": (
        "DELETE FROM translog_checkpoint",
        "300 entries, but the last checkpoint covers 0",
    ),
    "the last checkpoint removed": (
        "DELETE FROM translog_checkpoint WHERE size = 300",
        "checkpoint covers 100",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_law_no_fork_is_signed_and_fsck_names_the_fault(signer: FileSigner, what: str) -> None:
    statement, fault = TAMPERINGS[what]
    logs.append(100)
    logs.integrate(signer)
    logs.append(200)
    logs.integrate(signer)
    logs.append(1)
    assert logs.verified_size(signer) == 300
    logs.tamper(statement)
    with pytest.raises(LogBroken, match=fault):
        logs.verified_size(signer)
    before = queries.latest()
    with pytest.raises(LogBroken):
        logs.integrate(signer)
    assert queries.latest() == before
    assert queries.pending() == 1


def test_fsck_names_what_the_integrator_need_not_look_at(signer: FileSigner) -> None:
    ids = logs.append(300)
    logs.integrate(signer)
    logs.tamper("UPDATE translog_entry SET leaf = 'changed' WHERE index = 5")
    with pytest.raises(LogBroken, match=r"tile/0/000: hash 5 is not that of entry 5"):
        logs.verified_size(signer)
    with pytest.raises(LogBroken, match="entry 5 does not verify"):
        queries.receipt(ids[5])


def test_surplus_tiles_are_noticed(signer: FileSigner) -> None:
    logs.append(3)
    logs.integrate(signer)
    logs.tamper("INSERT INTO translog_tile VALUES (5, 0, 'x')")
    with pytest.raises(LogBroken, match="1 tiles too many"):
        logs.verified_size(signer)


def test_another_key_does_not_continue_the_log(
    signer: FileSigner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    logs.append(1)
    logs.integrate(signer)
    logs.append(1)
    other = FileSigner(tmp_path_factory.mktemp("other") / "log.key")
    with pytest.raises(LogBroken, match="is by no key of this log"):
        logs.integrate(other)
    assert queries.pending() == 1
