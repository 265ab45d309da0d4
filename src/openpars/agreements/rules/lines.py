"""Where each key of a TOML text stands. tomllib reads values and forgets their lines; messages need them.

Only for text that tomllib has accepted: the scan relies on its being well formed.
"""

Path = tuple[str | int, ...]


class Lines:
    """The line of each key and table header, by its path: ("permits", 0, "elements") is the key `elements` of
    the first permit. Lists of tables count from 0."""

    def __init__(self, text: str) -> None:
        self._text = text.split("\n")
        self._spans = _Scan(text).spans

    def of(self, path: Path) -> int | None:
        """The line of the path, or of the nearest thing that holds it; None for the whole file."""
        while path:
            # A list of tables has no line of its own: its first table stands for it.
            for place in (path, (*path, 0)):
                if place in self._spans:
                    return self._spans[place][0]
            path = path[:-1]
        return None

    def of_word(self, path: Path, word: str) -> int | None:
        """The line, within the value of the path, on which `word` is quoted; the value's own line if none
        is."""
        first, last = self._spans.get(path, (0, 0))
        for number in range(first, last + 1):
            if number and (f'"{word}"' in self._text[number - 1] or f"'{word}'" in self._text[number - 1]):
                return number
        return self.of(path)


class _Scan:
    """One pass over the text, statement by statement."""

    def __init__(self, text: str) -> None:
        self.spans: dict[Path, tuple[int, int]] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._table: Path = ()
        self._counts: dict[Path, int] = {}
        while self._at < len(text):
            self._statement()

    def _statement(self) -> None:
        char = self._text[self._at]
        if char == "#":
            self._skip_comment()
        elif char == "[":
            self._header()
        elif char in " \t\r\n":
            self._step(1)
        else:
            self._pair()

    def _step(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    def _skip_comment(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end

    def _header(self) -> None:
        listed = self._text.startswith("[[", self._at)
        line = self._line
        self._step(2 if listed else 1)
        path = self._inside(self._key("]"))
        self._step(2 if listed else 1)
        if listed:
            place = self._counts.get(path, -1) + 1
            self._counts[path] = place
            path = (*path, place)
        self._table = path
        self.spans.setdefault(path, (line, line))

    def _inside(self, names: tuple[str, ...]) -> Path:
        """The path of a header's names: a list of tables on the way means its latest table."""
        path: Path = ()
        for place, name in enumerate(names):
            path = (*path, name)
            if place < len(names) - 1 and path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _key(self, end: str) -> tuple[str, ...]:
        names: list[str] = []
        name = ""
        while self._text[self._at] != end:
            char = self._text[self._at]
            if char in "\"'":
                start = self._at
                self._string()
                name += self._text[start + 1 : self._at - 1]
                continue
            if char == ".":
                names.append(name)
                name = ""
            elif char not in " \t":
                name += char
            self._step(1)
        return (*names, name)

    def _pair(self) -> None:
        first = self._line
        path = (*self._table, *self._key("="))
        self._step(1)
        depth = 0
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "\"'":
                self._string()
                continue
            if char == "#":
                self._skip_comment()
                continue
            if char == "\n" and depth == 0:
                break
            depth += (char in "[{") - (char in "]}")
            self._step(1)
        self.spans.setdefault(path, (first, self._line))

    def _string(self) -> None:
        quote = self._text[self._at]
        mark = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        self._step(len(mark))
        while not self._text.startswith(mark, self._at):
            self._step(2 if quote == '"' and self._text[self._at] == "\\" else 1)
        self._step(len(mark))
        # Up to two quotes may stand just before the three that close: """He said "no"""""
        while len(mark) == 3 and self._text.startswith(quote, self._at):
            self._step(1)
