"""Reads a printed paper back, as a person's PDF reader would."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import create_string_buffer

import pypdfium2
import pypdfium2.raw as pdfium


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The document, closed afterwards."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def body(pdf: bytes) -> str:
    """The text between header and foot, all pages, in reading order."""
    with opened(pdf) as document:
        return "".join(
            page.get_textpage().get_text_bounded(left=0, bottom=70, right=612, top=727) for page in document
        )


def squashed(text: str) -> str:
    """Without white space, which line ends come and go with; composed, as PDF readers do."""
    return re.sub(r"[\s\ufffe]", "", unicodedata.normalize("NFC", text))


def strays(pdf: bytes) -> int:
    """How many characters stand outside the page's margins."""
    outside = 0
    with opened(pdf) as document:
        for page in document:
            words = page.get_textpage()
            for index in range(words.count_chars()):
                left, _, right, _ = words.get_charbox(index)
                outside += left < 60 or right > 552
    return outside


def is_tagged(pdf: bytes) -> bool:
    """Whether the document says that it carries its structure."""
    with opened(pdf) as document:
        return bool(pdfium.FPDFCatalog_IsTagged(document))


def structure(pdf: bytes, page: int = 0) -> list[str]:
    """The kinds of the structure's elements on a page, in reading order: H1, P, Table, TH."""

    def walk(element: pdfium.FPDF_STRUCTELEMENT) -> Iterator[str]:
        size = pdfium.FPDF_StructElement_GetType(element, None, 0)
        name = create_string_buffer(size)
        pdfium.FPDF_StructElement_GetType(element, name, size)
        yield name.raw.decode("utf-16-le").rstrip("\0")
        for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
            if child := pdfium.FPDF_StructElement_GetChildAtIndex(element, index):
                yield from walk(child)

    with opened(pdf) as document:
        tree = pdfium.FPDF_StructTree_GetForPage(document[page])
        try:
            children = range(pdfium.FPDF_StructTree_CountChildren(tree))
            return [kind for i in children for kind in walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, i))]
        finally:
            pdfium.FPDF_StructTree_Close(tree)
