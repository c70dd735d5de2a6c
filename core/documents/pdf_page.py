"""What stands on a page of a PDF: its characters and its straight lines, measured from the upper left corner."""

import ctypes
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2.raw as pdfium

from core.documents.errors import DocumentTooLong

MAX_GLYPHS = 100_000
"""Characters of one page."""
MAX_EDGES = 20_000
"""Straight lines of one page: a drawing with more of them is no table."""
_DEPTH = 6
"""Of forms within forms."""
_NO_CHARACTER = "\ufffd"
_NAME_LENGTH = 128
_LATIN = re.compile(rb"(?:\w{6}\+)?(?:Times|Arial|Helvetica|Courier|Calibri|Cambria|Symbol|Verdana|Wingdings)")
_NO_WIDTH = 0.001
_STRAIGHT = 1.0
"""Points that a line may lean."""

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character in its box, in points; `top` is above `bottom` and the smaller of the two."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return (self.left + self.right) / 2

    @property
    def centre(self) -> float:
        """Half way from top to bottom."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Edge:
    """A straight line: at `place`, from `start` to `end`; horizontal, or else vertical."""

    horizontal: bool
    place: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class PageContent:
    """Everything of one page that can be read. `pictures`: it shows some; `lost`: pieces of text without a shape.

    Text whose font is neither in the file nor on this machine has no width, and pdfium passes over it.
    """

    width: float
    glyphs: list[Glyph]
    edges: list[Edge]
    pictures: bool
    lost: int


def read_page(page) -> PageContent:
    """The content of a pypdfium2 page, turned upright as a reader shows it. Raises DocumentTooLong."""
    turn = _Turn(page)
    edges: list[Edge] = []
    pictures, lost = False, 0
    for kind, found in _objects(page):
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures = True
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            lost += 1
        elif len(edges) <= MAX_EDGES:
            edges += (edge for start, end in found if (edge := _edge(turn(*start), turn(*end))))
    edges = edges if len(edges) <= MAX_EDGES else []
    return PageContent(turn.width, list(_glyphs(page, turn)), edges, pictures, lost)


class _Turn:
    """From the coordinates of a page (upwards, before it is turned) to what is seen, downwards."""

    def __init__(self, page) -> None:
        self._left, self._bottom, self._right, self._top = page.get_cropbox()
        self._turned = page.get_rotation()
        self.width = page.get_width()

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        if self._turned == 90:
            return y - self._bottom, x - self._left
        if self._turned == 180:
            return self._right - x, y - self._bottom
        if self._turned == 270:
            return self._top - y, self._right - x
        return x - self._left, self._top - y


def _glyphs(page, turn: _Turn) -> Iterator[Glyph]:
    textpage = page.get_textpage()
    text = textpage.raw
    box = pdfium.FS_RECTF()
    count = pdfium.FPDFText_CountChars(text)
    if count > MAX_GLYPHS:
        raise DocumentTooLong(what="单页文字", limit=f"{MAX_GLYPHS // 10_000} 万字")
    for place in range(count):
        character = _character(pdfium.FPDFText_GetUnicode(text, place))
        if character <= " " or character.isspace() or pdfium.FPDFText_IsGenerated(text, place) == 1:
            continue  # blanks are told by the gaps between the others
        if pdfium.FPDFText_HasUnicodeMapError(text, place) == 1:
            character = _NO_CHARACTER
        if pdfium.FPDFText_GetLooseCharBox(text, place, box):
            (left, top), (right, bottom) = turn(box.left, box.top), turn(box.right, box.bottom)
            yield Glyph(character, min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    textpage.close()


def _character(code: int) -> str:
    return _NO_CHARACTER if 0xD800 <= code < 0xE000 or code > sys.maxunicode else chr(code)


def _objects(page) -> Iterator[tuple[int, list]]:
    """(kind, straight pieces of a path) of pictures, paths and lost text, also of those in forms."""
    for number in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _opened(pdfium.FPDFPage_GetObject(page, number), [], 0)


def _opened(item, above: list[Matrix], depth: int) -> Iterator[tuple[int, list]]:
    kind = pdfium.FPDFPageObj_GetType(item)
    if kind == pdfium.FPDF_PAGEOBJ_IMAGE or (kind == pdfium.FPDF_PAGEOBJ_TEXT and _is_lost(item)):
        yield kind, []
    elif kind == pdfium.FPDF_PAGEOBJ_PATH and _is_drawn(item):
        yield kind, list(_pieces(item, [_matrix(item), *above]))
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
        inside = [_matrix(item), *above]
        for number in range(pdfium.FPDFFormObj_CountObjects(item)):
            yield from _opened(pdfium.FPDFFormObj_GetObject(item, number), inside, depth + 1)


def _is_lost(text) -> bool:
    font = pdfium.FPDFTextObj_GetFont(text)
    name = ctypes.create_string_buffer(_NAME_LENGTH)
    pdfium.FPDFFont_GetBaseFontName(font, name, _NAME_LENGTH)
    if pdfium.FPDFFont_GetIsEmbedded(font) == 1 or _LATIN.match(name.value):
        return False  # it is blanks
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(text, left, bottom, right, top)
    return right.value - left.value < _NO_WIDTH


def _is_drawn(path) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(pdfium.FPDFPath_GetDrawMode(path, fill, stroke) and (fill.value or stroke.value))


def _matrix(item) -> Matrix:
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _pieces(path, matrices: list[Matrix]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    first = last = None
    for number in range(min(pdfium.FPDFPath_CountSegments(path), MAX_EDGES)):
        segment = pdfium.FPDFPath_GetPathSegment(path, number)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = x.value, y.value
        for a, b, c, d, e, f in matrices:
            point = a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and last:
            yield last, point
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment) and first:
            yield last, first


def _edge(start: tuple[float, float], end: tuple[float, float]) -> Edge | None:
    (x, y), (x_end, y_end) = start, end
    if abs(y - y_end) <= _STRAIGHT < abs(x - x_end):
        return Edge(True, (y + y_end) / 2, min(x, x_end), max(x, x_end))
    if abs(x - x_end) <= _STRAIGHT < abs(y - y_end):
        return Edge(False, (x + x_end) / 2, min(y, y_end), max(y, y_end))
    return None
