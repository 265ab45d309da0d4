"""`openpars log policy`, `openpars log key`, what the doctor says of witnesses, and the publisher at its work."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from openpars import clock
from openpars.agencies.models import Event
from openpars.cli import doctor_verbs, keeping
from openpars.cli.log_verbs import command
from openpars.errors import BadInput, Conflict, FileMalformed, LogBroken, NotFound
from openpars.translog import actions, queries, signers
from openpars.translog.rules import canonical, checkpoint, note
from tests.integration.translog import logs
from tests.integration.witness import witnesses
from tests.integration.witness.witnesses import Running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(clock, "now", lambda: logs.NOON)


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Running]:
    with witnesses.running(tmp_path / "court", "court", signers.configured().vkey) as made:
        yield made


def run(*arguments: object) -> str:
    done = CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def put_in_force(folder: Path, text: str) -> str:
    (folder / "policy").write_text(text)
    return run("policy", "set", folder / "policy")


def test_a_policy_is_set_shown_and_followed(tmp_path: Path, court: Running) -> None:
    assert run("policy", "show") == "quorum none\n"
    text = witnesses.policy(1, court)
    assert put_in_force(tmp_path, text) == "Asked: court. Wanted before publishing: court.\n"
    assert run("policy", "show") == text
    assert "Witness court: has not signed yet" in run("status")
    assert run("checkpoint").count("\u2014 ") == 2
    assert "Witness court: 1 entries, cosigned 2026-11-23 12:00:00 UTC" in run("status")
    shown = json.loads(run("status", "--json"))
    assert (shown["published"], shown["quorum"], shown["witnesses"]) == (1, "court", {"court": 1})
    run("fsck")


def test_a_policy_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMalformed, match="line 1"):
        put_in_force(tmp_path, "quorum nobody\n")
    (tmp_path / "policy").write_bytes(b"quorum \xff\n")
    with pytest.raises(FileMalformed, match="is not UTF-8"):
        run("policy", "set", tmp_path / "policy")


def test_the_key_is_changed_with_an_overlap_while_witnesses_go_on(tmp_path: Path, court: Running) -> None:
    put_in_force(tmp_path, witnesses.policy(1, court))
    run("checkpoint")
    old = signers.configured().key
    assert run("key", "list") == f"signs      {old}\n"
    said = run("key", "rotate")
    new = signers.configured().key
    assert str(new) in said
    assert f"openpars log key retire {old.id.hex()}" in said
    logs.append(3)
    # Each change of a key is an entry too. The witness knows the old key only: it signs all the same, for both sign.
    assert run("checkpoint").count("\u2014 ") == 3
    assert run("key", "retire", old.id.hex()) == f"Key {old.id.hex()} signs no more.\n"
    assert run("key", "list") == f"signs      {new}\nretired    {old}\n"
    logs.append(3)
    run("checkpoint")
    assert json.loads(run("status", "--json"))["published"] == 6
    # Told of the new key, it signs on from where it was.
    (court.memory.folder / "logs").write_text(f"{old}\n{new}\n")
    run("checkpoint")
    latest = queries.published()
    assert latest is not None
    assert checkpoint.verify(latest.text.encode(), new).size == 11
    with pytest.raises(note.Unverified):
        checkpoint.verify(latest.text.encode(), old)
    run("fsck")
    with pytest.raises(Conflict, match="the only key"):
        run("key", "retire", new.id.hex())
    # Whoever reads the log sees which key follows which.
    assert [(one["change"], one["key"]) for one in changes()] == [("begun", str(new)), ("retired", str(old))]


def changes() -> list[dict[str, str]]:
    """What the log says of its keys."""
    entries = [canonical.decode(queries.leaf(index)) for index in range(queries.signed_size())]
    return [one for one in entries if isinstance(one, dict) and one.get("type") == "openpars.log-key/1"]


def test_a_stolen_key_is_published_no_more_as_the_procedure_says(tmp_path: Path) -> None:
    logs.append(1)
    run("checkpoint")
    stolen = signers.configured().key
    with pytest.raises(Conflict, match="This key signs"):
        run("key", "distrust", stolen.id.hex())
    for change in ("rotate", "retire", "distrust"):
        run("key", change, *([] if change == "rotate" else [stolen.id.hex()]))
    kept = signers.configured().key
    assert run("key", "list") == f"signs      {kept}\ndistrusted {stolen}\n"
    assert (signers.published_keys(), signers.configured().trusted) == ((str(kept),), (kept,))
    run("checkpoint")
    # Still known here, for what it signed; handed to nobody.
    run("fsck")
    run("export", tmp_path / "copy")
    assert (tmp_path / "copy" / "log.vkey").read_text() == f"{kept}\n"
    assert [one["change"] for one in changes()] == ["begun", "retired", "distrusted"]
    with pytest.raises(NotFound, match="No trusted key"):
        run("key", "distrust", stolen.id.hex())


def test_a_lost_key_is_replaced_as_the_procedure_says(tmp_path: Path, court: Running) -> None:
    put_in_force(tmp_path, witnesses.policy(1, court))
    run("checkpoint")
    old = signers.configured().key
    (tmp_path / "state" / "log.key").rename(tmp_path / "what is left of it")
    logs.append(2)
    run("checkpoint")
    new = signers.configured().key
    assert run("key", "list") == f"signs      {new}\nretired    {old}\n"
    # Signed by the new key, but not published: the witness knows the old one only.
    assert json.loads(run("status", "--json"))["published"] == 1
    with (court.memory.folder / "logs").open("a") as known:
        known.write(f"{new}\n")
    run("checkpoint")
    latest = queries.published()
    assert latest is not None
    assert checkpoint.verify(latest.text.encode(), new).size == 3
    run("fsck")


def test_the_doctor_says_who_vouches(tmp_path: Path, court: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def check() -> tuple[str, str]:
        (found,) = doctor_verbs._witnesses()
        return found.state, found.says

    assert check()[0] == "warn"
    assert "Nobody witnesses the log" in check()[1]
    put_in_force(tmp_path, witnesses.policy(1, court))
    run("checkpoint")
    assert check() == ("ok", "Asked to sign each checkpoint: court.")
    court.clock.move(days=1)
    logs.append(1)
    run("checkpoint")
    assert check()[0] == "ok"
    monkeypatch.setattr(clock, "now", lambda: logs.NOON + timedelta(minutes=11))
    assert check() == ("fail", "The last checkpoint is not published: court did not sign it (court wanted).")


def test_the_publisher_tells_each_trouble_once_and_its_end(
    tmp_path: Path, court: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_in_force(tmp_path, witnesses.policy(1, court))
    actions.integrate(signer=signers.configured(), at=logs.NOON)
    told: list[int] = []
    rounds = 0

    def next_round(seconds: float) -> None:
        nonlocal rounds
        rounds += 1
        moments[0] += keeping.LONGEST_PAUSE + 1
        if rounds == 3:
            court.clock.move(days=-1)
        if rounds == 5:
            told.append(1)

    moments = [1000.0]
    monkeypatch.setattr(keeping.time, "sleep", next_round)
    monkeypatch.setattr(keeping.time, "monotonic", lambda: moments[0])
    monkeypatch.setattr(keeping.cli, "django", lambda: None)
    court.clock.move(days=1)
    assert keeping.publish(told) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "Witness court: refused (503): The asker's clock" in lines[0]
    assert lines[1] == "Witness court: has cosigned again"
    latest = queries.published()
    assert latest is not None
    assert latest.size == 1


def test_events_are_listed_with_their_place_and_looking_is_one(tmp_path: Path) -> None:
    run("key", "rotate")
    run("checkpoint")
    listed = run("events", "--by", "console", "--since", "2026-01-01")
    assert "events, each as its entry in the log says." in listed
    assert "rotate-key done  console (-) from -" in listed
    assert "entry " in listed
    first, *_ = json.loads(run("events", "--kind", "read-events", "--json"))["events"]
    assert (first["by"], first["door"], first["about"]) == ("console", "console", {"kind": "read-events"})


@pytest.mark.parametrize("given", [("--by", "Ada Byron"), ("--by", "' OR 1=1"), ("--agency", "the police")])
def test_what_is_typed_in_place_of_an_id_is_refused_and_not_kept(given: tuple[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        run("events", *given)
    assert given[1] not in str(refused.value)
    assert not Event.objects.filter(kind="read-events").exists()


def test_an_event_that_is_not_what_the_log_says_is_found() -> None:
    run("key", "rotate")
    row = Event.objects.latest("pending_id")
    logs.execute(
        "ALTER TABLE agencies_event DISABLE TRIGGER agencies_event_append_only",
        f"UPDATE agencies_event SET \"by\" = 'somebody else' WHERE id = '{row.pk}'",
        "ALTER TABLE agencies_event ENABLE TRIGGER agencies_event_append_only",
    )
    with pytest.raises(LogBroken, match=str(row.pk)):
        run("events")


def test_a_witness_that_a_policy_calls_by_another_name_is_still_one_witness(
    tmp_path: Path, court: Running
) -> None:
    text = witnesses.policy(1, court)
    put_in_force(tmp_path, text)
    run("checkpoint")
    put_in_force(tmp_path, text.replace(" court ", " courthouse ").replace(" court\n", " courthouse\n"))
    # Before anything more is signed: asked under its new name, it signs again what it has signed.
    for everybody in (False, True):
        assert actions.publish(at=logs.NOON, everybody=everybody).cosigned == ("courthouse",)
    latest = queries.published()
    assert latest is not None
    assert latest.text.count("\u2014 ") == 2
    run("fsck")
    assert "Witness courthouse: 1 entries, cosigned" in run("status")
    # What is published is read as a whole, whoever has put what under it.
    logs.execute(
        "INSERT INTO translog_cosignature (size, witness, line, cosigned_at) SELECT 1, 'w', '\u2014 w' || n || ' ' ||"
        " encode(int8send(n), 'base64') || E'\\n', now() FROM generate_series(1, 100) AS n"
    )
    with pytest.raises(LogBroken, match="published checkpoint of size 1: signed note: has more than 100"):
        run("fsck")


def test_the_publisher_tells_what_is_malformed_once_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[int] = []
    rounds = iter([0, 0, 1])

    def publish(**_: object) -> None:
        told.extend([1] * next(rounds))
        raise FileMalformed.one("signed note", "has more than 100 signatures")

    monkeypatch.setattr(actions, "publish", publish)
    monkeypatch.setattr(keeping.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(keeping.cli, "django", lambda: None)
    assert keeping.publish(told) == 0
    assert capsys.readouterr().err == "Nothing is published: signed note: has more than 100 signatures\n"


def test_a_witness_that_left_the_policy_in_trouble_is_not_said_to_have_signed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pauses = {name: keeping.Pause(0.0, 1.0, "is down") for name in ("gone", "court")}
    keeping._tell(pauses, actions.Published(5, ("court",), {}, published=True), set())
    assert (pauses, capsys.readouterr().err) == ({}, "Witness court: has cosigned again\n")
