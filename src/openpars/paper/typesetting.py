"""From a paper to its PDF, by typst: tagged for screen readers (PDF/UA-1), the same bytes for the same data.

Data travels as JSON beside the template, never as markup, so nothing in it can be executed. A character that no font
has would make the PDF unfit for screen readers; typst says which, and they are printed by their code instead.
"""

import json
import re
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Lock

import typst

from openpars.errors import Fault
from openpars.paper.freezing import digest
from openpars.paper.kinds import Paper
from openpars.paper.wording import printed

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_FONTS = _HERE / "fonts"  # made by `make env`; without them typst's own serif letters serve
_CJK = "noto-cjk-sans-otc"
_ATTEMPTS = 4
_UNDRAWN = re.compile(r'(?:the text|the disallowed codepoint) `"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_one_at_a_time = Lock()  # the compiler is one, and threads are many


class PaperNotPrinted(Fault):
    """The typesetter refused the paper."""

    words = "The paper could not be printed. Nothing was kept."


def render(paper: Paper) -> bytes:
    """The paper as a PDF. BadInput if a moment lacks its zone; PaperNotPrinted if the typesetter refuses it."""
    undrawn: frozenset[str] = frozenset()
    for _ in range(_ATTEMPTS):
        pdf, missing = _attempt(paper, undrawn)
        if pdf is not None:
            return pdf
        if missing <= undrawn:
            break
        undrawn |= missing
    raise PaperNotPrinted(PaperNotPrinted.words)


def _attempt(paper: Paper, undrawn: frozenset[str]) -> tuple[bytes | None, frozenset[str]]:
    """The PDF, or the characters that stood in its way. The typesetter's own message quotes the data: it ends here."""
    data = {
        "title": paper.title,
        "kind": paper.kind,
        "digest": digest(paper),
        **printed(paper, undrawn),
    }
    try:
        with _one_at_a_time:
            pdf = _compiler().compile(
                _TEMPLATES / f"{paper.kind}.typ",
                format="pdf",
                pdf_standards=["ua-1"],
                sys_inputs={"paper": json.dumps(data)},
            )
    except typst.TypstError as error:
        return None, _missing(f"{error.message} {error.diagnostic}")
    return (pdf if isinstance(pdf, bytes) else None), frozenset()


def _missing(complaint: str) -> frozenset[str]:
    """The characters and clusters of which typst complains that it cannot draw them."""

    def plain(quoted: str) -> str:
        return _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], quoted)

    return frozenset(map(plain, _UNDRAWN.findall(complaint)))


@cache
def _compiler() -> typst.Compiler:
    """The one compiler of this process: it keeps fonts and templates read."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=_font_folders())
    return typst.Compiler(root=_TEMPLATES, font_paths=fonts, ignore_system_fonts=True)


def _font_folders() -> list[str]:
    """Where the fonts are. The wheel with the CJK font is asked for its file, and none of its code is run."""
    try:
        inside = metadata.files(_CJK) or []
    except metadata.PackageNotFoundError:
        inside = []
    cjk = [Path(str(one.locate())).parent for one in inside if one.suffix == ".ttc"]
    return [str(folder) for folder in (_FONTS, *cjk) if folder.is_dir()]
