"""An old backup is not signed on: by what is remembered beside the key, and by what witnesses have seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from openpars import clock
from openpars.agencies.models import Event
from openpars.cli import doctor_verbs, keeping
from openpars.cli.log_verbs import command
from openpars.errors import Conflict, LogBroken
from openpars.translog import actions, log_check, queries, signers, witnesses
from openpars.translog.rules import checkpoint
from openpars.translog.signers import FileSigner
from tests.integration.translog import logs
from tests.integration.witness import witnesses as run
from tests.integration.witness.witnesses import Running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(clock, "now", lambda: logs.NOON)
    yield
    # The copies of tables are the session's.
    connection.close()


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Running]:
    with run.running(tmp_path / "court", "court", signers.configured().vkey) as made:
        actions.set_policy(text=run.policy(1, made), by="test", at=logs.NOON)
        yield made


def grow(count: int, kind: str = "test") -> FileSigner:
    signer = signers.rotating()
    logs.append(count, kind)
    logs.integrate(signer)
    return signer


def publish(**more: object) -> actions.Published:
    return actions.publish(at=logs.NOON, **more)  # type: ignore[arg-type]


def verb(*arguments: str) -> str:
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_law_a_log_never_signs_on_from_an_old_backup() -> None:
    grow(5)
    backup = logs.Copy()
    grow(5)
    backup.take_over()
    logs.append(3, "another history")
    with pytest.raises(
        LogBroken, match="10 entries were signed, but this database has 5: it is an old backup"
    ):
        logs.integrate(signers.configured())
    # Nothing by itself is wrong with it: what was signed tells.
    with pytest.raises(LogBroken, match="10 entries were signed"):
        verb("fsck")
    assert (queries.signed_size(), queries.pending()) == (5, 3)


def test_law_nor_from_another_history_of_the_same_length_or_a_longer_one() -> None:
    backup = logs.Copy()
    grow(5)
    kept = signers.configured().memory.last
    backup.take_over()
    for size in (5, 300):
        memory = signers.configured().memory
        memory.path.unlink()
        grow(size - queries.signed_size(), "another history")
        memory.keep(_note(kept))
        logs.append(1)
        with pytest.raises(LogBroken, match="the first 5 entries are not those that were signed"):
            logs.integrate(signers.configured())


def _note(stated: checkpoint.Checkpoint | None) -> str:
    return signers.configured().sign(str(stated))


def test_what_is_remembered_may_be_older_where_one_died_between_the_commit_and_the_memory() -> None:
    signer = grow(5)
    before = _note(signer.memory.last)
    grow(300)
    signer.memory.keep(before)
    verb("fsck")
    assert grow(5).memory.last == checkpoint.Checkpoint("openpars.example/log", 310, queries.root_at(310))


def test_nothing_is_remembered_of_what_was_not_committed() -> None:
    signer = grow(5)
    with transaction.atomic():
        logs.append(1)
        logs.integrate(signer)
        transaction.set_rollback(True)
    assert signer.memory.last is not None
    assert signer.memory.last.size == 5
    grow(1)


def test_a_memory_that_is_none_stops_the_log() -> None:
    signer = grow(5)
    signer.memory.keep("nonsense")
    logs.append(1)
    with pytest.raises(LogBroken, match="is not the last signed checkpoint"):
        logs.integrate(signer)


def test_a_witness_that_has_seen_more_halts_the_log_until_somebody_has_looked(court: Running) -> None:
    grow(5)
    assert publish().published
    backup = logs.Copy()
    newer = grow(5)
    assert publish().published
    backup.take_over()
    newer.memory.keep(_note(checkpoint.Checkpoint("openpars.example/log", 6, queries.root_at(6))))
    # A new machine, say: it signs, since nothing tells it better, and is told so by the witness.
    assert grow(1).memory.last is not None
    assert "has cosigned 11 entries, more than our 7" in publish().problems["court"]
    logs.append(1)
    with pytest.raises(LogBroken, match=r"THE LOG HAS FORKED.* When the log has halted"):
        logs.integrate(signers.configured())
    assert "HALTED 2026-11-23 12:00:00 UTC: the witness court has cosigned 11" in verb("status")
    assert next(one.state for one in doctor_verbs._witnesses()) == "fail"
    assert verb("resume") == "The log signs on. Restart `openpars serve`.\n"
    assert Event.objects.filter(kind="resume-log", by="console").exists()
    with pytest.raises(Conflict, match="has not halted"):
        actions.resume(by="test", at=logs.NOON)
    # It does, and is halted again: the witness has not forgotten.
    logs.integrate(signers.configured())
    publish()
    assert queries.halted() is not None


def test_a_new_machine_hears_the_witnesses_before_it_signs(
    court: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grow(5)
    assert publish().published
    backup = logs.Copy()
    grow(5)
    assert publish().published
    backup.take_over()
    monkeypatch.setenv("OPENPARS_LOG_MEMORY", str(tmp_path / "a new disk"))
    monkeypatch.setattr(keeping.cli, "django", lambda: None)
    logs.append(1, "another history")
    assert keeping.integrate([]) == keeping.BROKEN_LOG
    assert "has cosigned 11 entries, more than our 6" in capsys.readouterr().err
    assert queries.signed_size() == 6
    assert court.memory.evidence() == ()


def test_one_who_publishes_at_the_same_time_is_no_fork(court: Running) -> None:
    grow(5)

    def late(asks: object) -> dict[str, witnesses.Answer]:
        # Meanwhile more is signed, and shown to the witness by somebody else.
        if queries.signed_size() == 6:
            grow(5)
            assert publish().published
        return witnesses.ask_all(asks)  # type: ignore[arg-type]

    assert publish(ask=late).problems == {}
    assert queries.halted() is None
    assert publish().published


def test_what_a_witness_cosigned_is_asked_for_anew_though_the_log_is_idle(court: Running) -> None:
    grow(5)
    assert publish().published
    first = queries.published()
    court.clock.move(minutes=59)
    assert actions.publish(at=court.clock()).published
    assert queries.published() == first
    court.clock.move(minutes=1)
    assert actions.publish(at=court.clock()).published
    (seen,) = queries.witnesses()
    assert (seen.size, seen.cosigned_at) == (6, court.clock())
    latest = queries.published()
    assert latest is not None
    assert first is not None
    assert (latest.text != first.text, latest.text.count("\u2014 ")) == (True, 2)
    logs.verified_size(signers.rotating())


def test_where_what_is_newer_is_lost_for_good_another_log_begins_with_what_is_left(
    court: Running, tmp_path: Path, settings: object
) -> None:
    """The last resort of docs/operating.md, When the log has halted."""
    grow(5)
    assert publish().published
    backup = logs.Copy()
    grow(5)
    assert publish().published
    backup.take_over()
    settings.LOG_ORIGIN = "openpars.example/second-log"  # type: ignore[attr-defined]
    (tmp_path / "state" / "log.key").rename(tmp_path / "the first log's key")
    signers.configured().memory.path.unlink()
    signer = grow(3)
    with (court.memory.folder / "logs").open("a") as known:
        known.write(f"{signer.vkey}\n")
    assert publish().published
    assert [one.origin for one in court.memory.seen()] == [
        "openpars.example/log",
        "openpars.example/second-log",
    ]
    assert logs.verified_size(signer) == 9
    log_check.check_memory(queries.latest(), signer.memory.last)
