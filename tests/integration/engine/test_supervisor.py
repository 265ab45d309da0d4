"""The supervisor: it starts, stops, finds its way back after a crash, and lets one starter work at a time."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from openpars.engine import cluster, postmaster, programs, server
from openpars.errors import BadInput, Conflict, Fault
from tests.integration.engine.conftest import Place

START = "from openpars.engine import server; print(server.start().pid)"


def test_a_start_makes_server_and_database_and_a_second_finds_them(place: Place) -> None:
    assert server.status().state == "absent"
    first = server.start()
    assert (first.state, first.version) == ("running", str(place.using.major))
    with place.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    assert server.start() == first


def test_data_outlive_a_stop(place: Place) -> None:
    server.start()
    with place.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    assert server.stop().state == "stopped"
    assert server.stop().state == "stopped"
    server.start()
    with place.connect() as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]


@pytest.mark.parametrize("killed", ["the postmaster alone", "every process"])
def test_kill_9_in_the_middle_of_writing_loses_no_acknowledged_commit(place: Place, killed: str) -> None:
    pid = server.start().pid
    assert pid is not None
    with place.connect() as connection:
        connection.execute("CREATE TABLE written (n bigint PRIMARY KEY)")
    acknowledged: list[int] = []
    enough = threading.Event()

    def write(offset: int) -> None:
        try:
            with place.connect() as connection:
                for n in range(offset, offset + 1_000_000):
                    connection.execute("INSERT INTO written VALUES (%s)", [n])
                    acknowledged.append(n)
                    if len(acknowledged) > 400:
                        enough.set()
        except psycopg.OperationalError:
            return

    writers = [threading.Thread(target=write, args=(number * 1_000_000,)) for number in range(4)]
    for writer in writers:
        writer.start()
    assert enough.wait(60)
    for victim in [pid, *(_children(pid) if killed == "every process" else [])]:
        with suppress(ProcessLookupError):  # some end by themselves
            os.kill(victim, signal.SIGKILL)
    assert server.start().pid != pid
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive()
    with place.connect() as connection:
        kept = {n for (n,) in connection.execute("SELECT n FROM written")}
    assert set(acknowledged) <= kept


def test_two_starters_at_once_get_one_server(place: Place) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", START], env=place.environment(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = {starter.communicate(timeout=120)[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    assert said == {f"{server.status().pid}\n"}


def test_a_lock_file_that_names_somebody_else_does_not_keep_it_from_starting(place: Place) -> None:
    server.start()
    pid_file = place.cluster.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines(keepends=True)
    server.stop()
    with place.cluster.account.popen(["sleep", "600"]) as stranger:
        lines[0] = f"{stranger.pid}\n"
        pid_file.write_text("".join(lines))
        place.cluster.account.own(pid_file)
        assert server.status().state == "stopped"
        assert server.start().state == "running"
        stranger.kill()


def test_an_empty_lock_file_does_not_keep_it_from_starting(one_place: Place) -> None:
    server.start()
    server.stop()
    pid_file = one_place.cluster.data / "postmaster.pid"
    pid_file.touch()
    one_place.cluster.account.own(pid_file)
    assert server.start().state == "running"


def test_an_initdb_that_was_interrupted_leaves_nothing_in_the_way(one_place: Place) -> None:
    ours = cluster.found(_made(one_place.state))
    (ours.home / "data.new").mkdir()
    (ours.home / "data.new" / "PG_VERSION").write_text("18\n")
    assert server.status().state == "absent"
    assert server.start().state == "running"


def test_a_lost_address_is_found_again(one_place: Place) -> None:
    server.start()
    (one_place.state / "server.json").unlink()
    server.start()
    with one_place.connect() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("openpars",)


def test_a_server_that_cannot_start_says_why(one_place: Place) -> None:
    server.start()
    server.stop()
    with (one_place.cluster.data / "postgresql.auto.conf").open("a") as file:
        file.write("shared_buffers = 'nonsense'\n")
    with pytest.raises(Fault, match="nonsense"):
        server.start()


def test_data_of_another_major_are_refused_with_advice(one_place: Place) -> None:
    server.start()
    server.stop()
    (one_place.cluster.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(
        BadInput, match=f"is PostgreSQL {one_place.using.major}, but the data were made by 16"
    ):
        server.start()


def test_data_choose_the_programs_of_their_own_major(
    one_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = {found.major: found for found in programs.available()}
    if len(every) < 2:
        pytest.skip("this machine has only one major of PostgreSQL")
    last = list(every.values())[-1]  # the one that would not be preferred
    monkeypatch.setenv("OPENPARS_PG_BIN", str(last.folder))
    server.start()
    server.stop()
    monkeypatch.delenv("OPENPARS_PG_BIN")
    assert server.start().version == str(last.major)


def test_a_socket_path_that_is_too_long_is_put_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_place: Place
) -> None:
    ours = cluster.found(_made(one_place.state))
    deep = ours.home.parent / (ours.home.name + "-" + "long" * 25)
    ours.home.rename(deep)
    record = (one_place.state / "cluster.json").read_text()
    (one_place.state / "cluster.json").write_text(record.replace(ours.home.name, deep.name, 1))
    now = server.start()
    assert now.state == "running"
    assert not now.socket.startswith(str(deep))
    with one_place.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    Path(now.socket).rmdir()


def test_programs_that_the_servers_account_cannot_reach_are_copied(
    one_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = programs.wheel_folder()
    if os.geteuid() != 0 or installed is None:
        pytest.skip("only root hands the server to another account, and only the wheel can be copied")
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    wheel = installed.parent.parent
    for name in (wheel.name, f"{wheel.name}.libs"):
        shutil.copytree(wheel.parent / name, hidden / name, symlinks=True, copy_function=os.link)
    monkeypatch.setenv("OPENPARS_PG_BIN", str(hidden / wheel.name / "pginstall" / "bin"))
    assert server.start().state == "running"
    copied = one_place.cluster.home / f"programs-{programs.choose().version}"
    running = Path(f"/proc/{server.status().pid}/exe").resolve()
    assert running.is_relative_to(copied)


def test_somebody_elses_server_is_left_alone(one_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://owner@elsewhere/city")
    with pytest.raises(Conflict):
        server.start()
    with pytest.raises(Conflict):
        server.stop()
    monkeypatch.delenv("DATABASE_URL")


def test_a_killed_server_counts_as_stopped(one_place: Place) -> None:
    pid = server.start().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    written = postmaster.read(one_place.cluster.data)
    assert written is not None
    assert written.pid == pid
    assert server.stop().state == "stopped"


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder
