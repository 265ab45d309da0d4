"""Somebody of the press, who has no account: fetches the log over HTTP, checks it with the checker that the city hands
out, in a process that knows nothing of ours, and reads what it says."""

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.test import Client

from openpars.public import checker
from openpars.translog.rules import checkpoint, tiles


class Journalist:
    """With a folder of their own, and the log's key from elsewhere."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder, self.key, self._browser = folder, key, Client()

    def page(self, address: str) -> str:
        """A public page's words, or a file's."""
        answer = self._browser.get(address)
        assert answer.status_code == 200, address
        return str(answer.content.decode())

    def fetches(self) -> int:
        """Take the whole log and the checker away; answers how many entries it has."""
        text = self._kept("checkpoint").decode()
        size = checkpoint.parse(text.partition("\n\n")[0] + "\n").size
        for name in [*tiles.names(size), *tiles.bundle_names(size)]:
            self._kept(name.path)
        self._kept(checker.NAME)
        return size

    def checks(self) -> str:
        """Run the checker on what was fetched; answers what it says."""
        command = [
            sys.executable,
            "-I",
            str(self.folder / checker.NAME),
            "log",
            str(self.folder),
            "--key",
            self.key,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def entries(self, size: int) -> Iterator[dict[str, object]]:
        """The entries, as anybody reads them: two bytes of length, then the entry (c2sp.org/tlog-tiles)."""
        for name in tiles.bundle_names(size):
            bundle = (self.folder / name.path).read_bytes()
            while bundle:
                length = int.from_bytes(bundle[:2], "big")
                yield json.loads(bundle[2 : 2 + length])
                bundle = bundle[2 + length :]

    def text(self, number: int) -> tuple[str, str]:
        """The text of an agreement version from its public page, and its hash as anybody computes it."""
        words = self.page(f"/public/agreements/{number}/text/")
        return words, sha256(words.encode()).hexdigest()

    def _kept(self, name: str) -> bytes:
        answer = self._browser.get(f"/log/{name}")
        assert answer.status_code == 200, name
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(answer.content)
        return bytes(answer.content)
