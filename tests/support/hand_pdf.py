"""A PDF written by hand: a font that every reader knows and no file carries, hard line ends, rules drawn as lines."""

from collections.abc import Callable, Sequence

WIDTH, HEIGHT, MARGIN, SIZE, LEADING = 595, 842, 73, 16, 28
ACROSS = (WIDTH - 2 * MARGIN) // SIZE
NEVER_FIRST = "。，、；：）？！”》"
FONT = """<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ <<
/Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1)
/Supplement 4 >> /DW 1000 /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 4
/FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >> >> ] >>"""


def wrapped(text: str, across: int, indent: int = 0) -> list[str]:
    """Lines of at most `across` characters, the first `indent` shorter; none begins with a stop or a closing mark."""
    lines, room = [], across - indent
    while len(text) > room:
        cut = room - (text[room] in NEVER_FIRST)
        lines.append(text[:cut])
        text, room = text[cut:], across
    return [*lines, text]


class Sheets:
    """Pages that fill from top to bottom; y is measured from below, as in a PDF."""

    def __init__(self, head: str = "") -> None:
        self._head = head
        self._pages: list[list[str]] = []
        self._turn_page()

    def paragraph(self, text: str, centred: bool = False) -> None:
        """A title in the middle, or text whose first line stands in by two characters."""
        for number, line in enumerate(wrapped(text, ACROSS, 0 if centred else 2)):
            self._room_for(1)
            indent = (ACROSS - len(line)) / 2 if centred else 2 * (number == 0)
            self._draw(line, MARGIN + indent * SIZE, self._y)
            self._y -= LEADING

    def table(self, rows: Sequence[Sequence[str | None]], height: Callable[[int, int], int]) -> None:
        """A ruled table: the longest column is the widest; a merged cell has no rule inside."""
        count = len(rows[0])
        wide = max(range(count), key=lambda column: max(len(row[column] or "") for row in rows))
        narrow = 4 if count > 1 else ACROSS
        widths = [narrow if column != wide else ACROSS - narrow * (count - 1) for column in range(count)]
        xs = [MARGIN + SIZE * sum(widths[:column]) for column in range(count + 1)]
        inside = [[wrapped(cell or "", width - 1) for cell, width in zip(row, widths, strict=True)] for row in rows]
        for number, cells in enumerate(inside):
            lines = max(map(len, cells))
            self._room_for(lines)
            top, self._y = self._y + SIZE, self._y - lines * LEADING
            for column, cell in enumerate(cells):
                for line, text in enumerate(cell):
                    self._draw(text, xs[column] + SIZE / 2, top - SIZE - line * LEADING)
                if rows[number][column] is not None:
                    self._rule(xs[column], top, xs[column + 1], top)
                if number == len(rows) - 1:
                    self._rule(xs[column], self._y + SIZE, xs[column + 1], self._y + SIZE)
            for x in xs:
                self._rule(x, top, x, self._y + SIZE)
        self._y -= LEADING

    def finish(self) -> bytes:
        """The file."""
        count = len(self._pages)
        objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", FONT]
        kids = []
        for number, drawn in enumerate(self._pages, 1):
            content = "\n".join((*drawn, self._shown(f"— {number} —", WIDTH / 2 - 2 * SIZE, 40)))
            objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {len(objects)} 0 R"
                " /Resources << /Font << /F1 3 0 R >> >> >>"
            )
            kids.append(f"{len(objects)} 0 R")
        objects[1] = f"<< /Type /Pages /Count {count} /Kids [{' '.join(kids)}] >>"
        return assembled(objects)

    def _turn_page(self) -> None:
        self._pages.append([])
        self._y = HEIGHT - 110
        if self._head:
            self._draw(self._head, MARGIN, HEIGHT - 50)

    def _room_for(self, lines: int) -> None:
        if self._y - lines * LEADING < 60:
            self._turn_page()

    def _draw(self, text: str, x: float, y: float) -> None:
        self._pages[-1].append(self._shown(text, x, y))

    def _rule(self, x: float, y: float, x_end: float, y_end: float) -> None:
        self._pages[-1].append(f"{x} {y} m {x_end} {y_end} l S")

    @staticmethod
    def _shown(text: str, x: float, y: float) -> str:
        return f"BT /F1 {SIZE} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def assembled(objects: Sequence[str], trailer: str = "") -> bytes:
    """Objects 1, 2, 3 … as a file; the first is the catalogue."""
    source, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(source))
        source += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(source)}\n%%EOF"
    return source + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("latin-1")
