"""One document in every kind of file: paragraphs that are numbered by level, and a table with merged cells.

Each writer is the plainest way in which people get such a file: Word with automatic numbers and real tables, a page
of an agency's site with what stands around the text, a workbook, a PDF with hard line ends, page numbers and rules.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.support.hand_pdf import Sheets

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Paragraph:
    """`level` 0 is a chapter (一、), 1 an item in it (（一）), None has no number; the number is not in the text."""

    text: str
    level: int | None = None


@dataclass(frozen=True)
class Table:
    """`rows` hold texts; None: the cell above goes on."""

    rows: Sequence[Sequence[str | None]]

    def filled(self) -> list[list[str]]:
        """The rows with merged cells repeated."""
        whole: list[list[str]] = []
        for row in self.rows:
            whole.append([cell if cell is not None else whole[-1][place] for place, cell in enumerate(row)])
        return whole

    def height(self, row: int, column: int) -> int:
        """Rows that a cell covers."""
        below = [cells[column] for cells in self.rows[row + 1 :]]
        return 1 + next((n for n, cell in enumerate(below) if cell is not None), len(below))

    def cells(self) -> list[tuple[int, int, str]]:
        """(row, column, text) of the cells that begin somewhere."""
        return [(r, c, text) for r, row in enumerate(self.rows) for c, text in enumerate(row) if text is not None]


Paper = Sequence[Paragraph | Table]


def numbered(paper: Paper) -> list[str | Table]:
    """The same with numbers written out."""
    counts, written = [0, 0], []
    for part in paper:
        if isinstance(part, Table):
            written.append(part)
            continue
        if part.level is None:
            written.append(part.text)
            continue
        counts[part.level] += 1
        counts[part.level + 1 :] = [0] * (1 - part.level)
        numeral = NUMERALS[counts[part.level] - 1]
        written.append((f"{numeral}、" if part.level == 0 else f"（{numeral}）") + part.text)
    return written


def as_txt(paper: Paper, encoding: str = "utf-8") -> bytes:
    lines = []
    for part in numbered(paper):
        lines += ["\t".join(row) for row in part.filled()] if isinstance(part, Table) else [part]
    return "\n".join(lines).encode(encoding)


# ---------------------------------------------------------------- Word

_LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"))


def as_docx(paper: Paper) -> bytes:
    """Numbers by Word itself: they are no characters of the file."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(_LEVELS)
    )
    first = numbering.find(docx.oxml.ns.qn("w:num"))
    first.addprevious(parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for part in paper:
        if isinstance(part, Table):
            _docx_table(document, part)
            continue
        paragraph = document.add_paragraph(part.text)
        if part.level is not None:
            place = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{part.level}"/><w:numId w:val="77"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(place))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _docx_table(document, table: Table) -> None:
    made = document.add_table(len(table.rows), len(table.rows[0]))
    for row, column, text in table.cells():
        cell = made.cell(row, column)
        if (height := table.height(row, column)) > 1:
            cell = cell.merge(made.cell(row + height - 1, column))
        cell.text = text
    document.add_paragraph()  # Word has one behind each table


# ---------------------------------------------------------------- RTF


def rtf_text(text: str) -> str:
    """Each character as Word writes it for readers that know no Unicode: they see a question mark."""
    return "".join(f"\\u{ord(char) - 2**16 * (char >= chr(2**15))} ?" for char in text)


def as_rtf(paper: Paper) -> bytes:
    """As Word saves it: its own numbers, merged cells."""
    levels = "".join(
        f"{{\\listlevel\\levelnfc39\\levelfollow2\\levelstartat1{{\\leveltext{text};}}{{\\levelnumbers\\'0{place};}}}}"
        for text, place in ((f"\\'02\\'00{rtf_text('、')}", 1), (f"\\'03{rtf_text('（')}\\'01{rtf_text('）')}", 2))
    )
    lists = f"{{\\*\\listtable{{\\list{levels}\\listid1}}}}{{\\*\\listoverridetable{{\\listoverride\\listid1\\ls1}}}}"
    body = "".join(_rtf_table(part) if isinstance(part, Table) else _rtf_paragraph(part) for part in paper)
    return f"{{\\rtf1\\ansi\\uc1{lists}{body}}}".encode("ascii")


def _rtf_paragraph(part: Paragraph) -> str:
    numbered = "" if part.level is None else f"\\ls1\\ilvl{part.level}"
    return f"\\pard{numbered} {rtf_text(part.text)}\\par\n"


def _rtf_table(table: Table) -> str:
    rows = []
    for r, row in enumerate(table.rows):
        ends = (f"{_rtf_merge(table, r, column)}\\cellx{2000 * (column + 1)}" for column in range(len(row)))
        texts = (f"{rtf_text(text or '')}\\cell " for text in row)
        rows.append(f"\\trowd{''.join(ends)}\\intbl {''.join(texts)}\\row\n")
    return "".join(rows) + "\\pard\\par\n"


def _rtf_merge(table: Table, row: int, column: int) -> str:
    if table.rows[row][column] is None:
        return "\\clvmrg"
    return "\\clvmgf" if table.height(row, column) > 1 else ""


# ---------------------------------------------------------------- the others


def as_html(paper: Paper, encoding: str = "utf-8") -> bytes:
    """As it is saved from a site: navigation, share buttons and scripts around the text."""
    body = []
    for part in numbered(paper):
        if not isinstance(part, Table):
            body.append(f"<p>　　{part}</p>")
            continue
        rows = [
            "".join(
                f'<td rowspan="{part.height(r, c)}"><p>{text}</p></td>'
                for c, text in enumerate(row)
                if text is not None
            )
            for r, row in enumerate(part.rows)
        ]
        body.append("<table><tbody>" + "".join(f"<tr>\n{row}\n</tr>" for row in rows) + "</tbody></table>")
    links = "".join(f'<li><a href="/{n}">{name}</a></li>' for n, name in enumerate(("首页", "政务公开", "办事服务")))
    page = f"""<!DOCTYPE html><html><head><meta charset="{encoding}"><title>某局门户网站</title>
<style>p {{ color: red }}</style></head><body class="nav-fixed"><ul class="list">{links}</ul>
<div>您的位置：<a href="/">首页</a> &gt; <a href="/2">政务公开</a></div><div class="main">{"".join(body)}</div>
<div class="bshare-custom">分享到：<a>微信</a><a>微博</a></div><script>var n = "（责任单位：甲）";</script>
<div class="site-footer">主办单位：某局　备案号：0001</div></body></html>"""
    return page.encode(encoding)


def as_xlsx(paper: Paper) -> bytes:
    """Paragraphs over the width of the table."""
    book = openpyxl.Workbook()
    sheet, row = book.active, 1
    width = max((len(part.rows[0]) for part in paper if isinstance(part, Table)), default=1)
    for part in numbered(paper):
        if not isinstance(part, Table):
            sheet.cell(row, 1, part)
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
            row += 1
            continue
        for r, c, text in part.cells():
            sheet.cell(row + r, c + 1, int(text) if text.isascii() and text.isdecimal() else text)
            if (height := part.height(r, c)) > 1:
                sheet.merge_cells(start_row=row + r, end_row=row + r + height - 1, start_column=c + 1, end_column=c + 1)
        row += len(part.rows)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_pdf(paper: Paper) -> bytes:
    """Written by hand: 28 characters to a line, a running head, page numbers, ruled tables."""
    sheets = Sheets(head="某局办公室文件")
    for number, part in enumerate(numbered(paper)):
        if isinstance(part, Table):
            sheets.table(part.rows, part.height)
        else:
            sheets.paragraph(part, centred=not number)
    return sheets.finish()


WRITERS: Mapping[str, Callable[[Paper], bytes]] = {
    "a.txt": as_txt,
    "gbk.txt": lambda paper: as_txt(paper, "gb18030"),
    "utf16.txt": lambda paper: as_txt(paper, "utf-16"),
    "a.docx": as_docx,
    "a.html": as_html,
    "gbk.htm": lambda paper: as_html(paper, "gbk"),
    "a.xlsx": as_xlsx,
    "a.pdf": as_pdf,
}
