"""Real servers, each in a state folder of its own: of the PostgreSQL that this run is about (CI runs once for
each end of what we support), or, with OPENPARS_TEST_ALL, of every one that this machine has."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from openpars.engine import address, cluster, postmaster, programs, server
from openpars.engine.cluster import Cluster
from openpars.engine.programs import Programs

_ABOUT = [programs.choose(), *(programs.available() if "OPENPARS_TEST_ALL" in os.environ else ())]
FOUND = {found.major: found for found in _ABOUT}


@dataclass(frozen=True)
class Place:
    """A state folder and the PostgreSQL that its server is made by."""

    state: Path
    using: Programs

    def environment(self) -> dict[str, str]:
        """For a process that is to work on this place."""
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        return kept | {"OPENPARS_STATE": str(self.state), "OPENPARS_PG_BIN": str(self.using.folder)}

    @property
    def cluster(self) -> Cluster:
        known = cluster.known(self.state)
        assert known is not None
        return known

    def connect(self, **other: str) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection as the owner; `other` replaces what is given."""
        return psycopg.connect(**(address.owner().conninfo() | other), autocommit=True)


def occupy(place: Place, patch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Make this process work on `place`; afterwards stop its server and remove its home."""
    patch.delenv("DATABASE_URL", raising=False)
    for name, value in place.environment().items():
        patch.setenv(name, value)
    yield place
    server.stop()
    known = cluster.known(place.state)
    if known:
        assert postmaster.alive(known.data) is None
        shutil.rmtree(known.home, ignore_errors=True)


@pytest.fixture(params=sorted(FOUND))
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A state folder with nothing in it yet, for each PostgreSQL."""
    yield from occupy(Place(tmp_path / "state", FOUND[request.param]), monkeypatch)


@pytest.fixture
def one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The same for one PostgreSQL, where the version plays no part."""
    yield from occupy(Place(tmp_path / "state", FOUND[max(FOUND)]), monkeypatch)


@pytest.fixture(params=sorted(FOUND), scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A running server for each PostgreSQL, shared by the tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        place = Place(tmp_path_factory.mktemp("running") / "state", FOUND[request.param])
        for occupied in occupy(place, patch):
            server.start()
            yield occupied
