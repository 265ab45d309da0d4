"""Any text is printed and none is obeyed: markup, control characters, every script, 2,000 characters of a name."""

import random
import traceback
import unicodedata
from typing import Any

import pytest
import typst

from openpars.paper import PaperNotPrinted, render, typesetting
from tests.factories.papers import (
    arrest_report,
    commitment_order,
    complaint,
    hearing_file,
    letter,
    release_order,
)
from tests.unit.paper.reading import body, squashed, strays

with_fonts = pytest.mark.skipif(not typesetting._FONTS.is_dir(), reason="no fonts here: run make env")
NAMED = (complaint, arrest_report, hearing_file, release_order, commitment_order)


def letters(*spans: tuple[int, int]) -> list[str]:
    """The letters of these spans of Unicode."""
    return [
        chr(c) for first, last in spans for c in range(first, last) if unicodedata.category(chr(c))[0] == "L"
    ]


SCRIPTS = {
    "latin": letters((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0x1E00, 0x1EFA)),
    "cyrillic": letters((0x400, 0x482), (0x48A, 0x526)),
    "greek": letters((0x386, 0x3D0), (0x1F00, 0x1FFD)),
    "arabic": letters((0x621, 0x63B), (0x641, 0x64B)),
    "hebrew": letters((0x5D0, 0x5EB)),
    "georgian": letters((0x10D0, 0x10F1)),
    "han": letters((0x4E00, 0x9FA5)),
    "kana": letters((0x3041, 0x3097), (0x30A1, 0x30FB)),
    "hangul": letters((0xAC00, 0xD7A4)),
    "devanagari": letters((0x905, 0x93A)),
    "bengali": letters((0x985, 0x9AA)),
    "gujarati": letters((0xA85, 0xAA9)),
    "malayalam": letters((0xD05, 0xD3A)),
    "thai": letters((0xE01, 0xE31)),
    "khmer": letters((0x1780, 0x17A3)),
    "ethiopic": letters((0x1200, 0x1248)),
    "emoji": ["😀", "🚀", "🐍", "👩🏽‍🚀", "👨‍👩‍👧‍👦", "🇺🇸", "❤️"],
    "accents as marks": ["e\u0301", "n\u0303", "a\u0308", "s\u030c", "o\u0302"],
}


def name_of(pool: list[str], length: int) -> str:
    """A name of words from `pool`, `length` characters long and the same in every run."""
    chance = random.Random(length)
    name = ""
    while len(name) < length:
        name += "".join(chance.choice(pool) for _ in range(chance.randint(2, 9))) + " "
    return name[:length].strip()


@with_fonts
@pytest.mark.parametrize("script", SCRIPTS)
def test_two_thousand_characters_of_a_script_survive(script: str) -> None:
    name = name_of(SCRIPTS[script], 2000)
    pdf = render(letter(name))
    came_back = squashed(body(pdf))
    # The reader turns the two letters of the ligature lam-alef round; the page and the PDF have them right.
    assert squashed(name) in came_back if script != "arabic" else lost(name, came_back) == []
    assert strays(pdf) == 0


def lost(name: str, came_back: str) -> list[str]:
    """The characters of `name` that did not come back as often as they stand in it."""
    given = squashed(name)
    return [one for one in sorted(set(given)) if came_back.count(one) < given.count(one)]


@with_fonts
@pytest.mark.parametrize("paper", NAMED, ids=lambda paper: paper.__name__)
def test_a_name_of_two_thousand_characters_of_all_scripts_survives(paper: Any) -> None:
    name = name_of([one for pool in SCRIPTS.values() for one in pool[:40]], 2000)
    pdf = render(paper(name))
    came_back = squashed(body(pdf))
    # Where right-to-left and left-to-right words meet at a line's end a reader may order them otherwise.
    assert lost(name, came_back) == []
    assert "[U+" not in came_back
    assert strays(pdf) == 0


@pytest.mark.parametrize("paper", NAMED, ids=lambda paper: paper.__name__)
def test_a_name_without_a_space_stays_on_the_page(paper: Any) -> None:
    pdf = render(paper("W" * 2000))
    assert body(pdf).count("W") >= 2000
    assert strays(pdf) == 0


@with_fonts
def test_stacked_marks_lose_nothing() -> None:
    """Typst repeats a letter with several loose marks in the text beneath; the page shows it once."""
    came_back = body(render(letter("x\u0353\u033d q\u0323\u0301")))
    assert "x\u0353\u033d" in came_back
    assert "q" in came_back


HOSTILE = [
    '#panic("no")',
    "#import sys: inputs",
    "$ integral $ *bold* _emph_ `raw` ~ @label <label> // comment /* comment */ = heading",
    '\\ \\u{41} \\" \' " “ ”',
    '{"json": ["}", null]}',
    "</script><b>&amp;",
    "%PDF-1.7 endobj (literal) <hex>",
    '#read("/etc/passwd") #include "letter.typ"',
    "-- ... - + 1. / term:",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_data_is_printed_and_not_obeyed(text: str) -> None:
    assert squashed(text) in squashed(body(render(letter(text))))
    assert squashed(text) in squashed(body(render(complaint(text, facts=text))))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x00b\x1b[31m\x7f", "a[U+0000]b[U+001B][31m[U+007F]"),
        ("Ann\u202etxt.exe", "Ann[U+202E]txt.exe"),
        ("\u2067abc\u2069", "[U+2067]abc[U+2069]"),
        ("\ufeffname\ufffe", "[U+FEFF]name[U+FFFE]"),
        ("lone \ud800 half", "lone[U+D800]half"),
        ("private \ue000", "private[U+E000]"),
        ("unassigned \u0378 x", "unassigned[U+0378]x"),
        ("one\r\ntwo\rthree\u2028four\tfive", "onetwothreefourfive"),
        ("", "Notrecorded"),
    ],
)
def test_what_has_no_look_is_printed_by_its_code(text: str, printed: str) -> None:
    assert printed in squashed(body(render(letter(text))))


def test_a_letter_that_no_font_has_does_not_spoil_the_others() -> None:
    assert "x[U+0378]xx" in squashed(body(render(letter("x\u0378xx"))))


def test_without_the_fonts_of_make_env_papers_print_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_font_folders", list)
    typesetting._compiler.cache_clear()
    try:
        assert "Zoë王".replace("王", "[U+738B]") in squashed(body(render(letter("Zoë 王"))))
    finally:
        typesetting._compiler.cache_clear()


class Refusing:
    """A compiler that quotes the data when it refuses."""

    def compile(self, *_: object, **told: Any) -> bytes:
        error = typst.TypstError(told["sys_inputs"]["paper"], "")
        error.message, error.diagnostic = told["sys_inputs"]["paper"], ""
        raise error


def test_no_value_is_in_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_compiler", Refusing)
    secret = "edalokiN"[::-1]  # not in this file's own lines, which a traceback quotes
    with pytest.raises(PaperNotPrinted) as broken:
        render(letter(secret))
    assert secret not in "".join(traceback.format_exception(broken.value))
    assert broken.value.__context__ is None
