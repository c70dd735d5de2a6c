"""Documents made to hurt, by kind of file. `FILES`: name → (file name, how it is made, codes of the right refusals).

Without a code the file must be read, as what it is. Workbooks have a list of their own in `hostile.py`.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping

from tests.support.hand_pdf import FONT, assembled
from tests.support.papers import Paragraph, as_docx, as_pdf

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ONE = [Paragraph("甲" * 40)]
MEBIBYTE = 2**20
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<!DOCTYPE x [<!ENTITY e0 "哈哈">{ENTITIES}]>'

Made = Callable[[], bytes]

BROKEN, BREAKS, LONG, SLOW = "document_broken", "document_breaks_reader", "document_too_long", "document_too_slow"
UNSAFE, ENCRYPTED, OTHER, EMPTY = "document_unsafe", "document_encrypted", "document_not_what_it_says", "document_empty"


# ---------------------------------------------------------------- Word


def word(body: str | None = None, **others: bytes) -> bytes:
    """A document with this body, and with other parts: styles, numbering, media."""
    names = {"styles": "word/styles.xml", "numbering": "word/numbering.xml", "media": "word/media/image1.png"}
    changed = {names[name]: content for name, content in others.items()}
    if body is not None:
        changed["word/document.xml"] = f"<w:document {W}><w:body>{body}</w:body></w:document>".encode()
    return repacked(as_docx(ONE), changed)


def repacked(source: bytes, changed: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys((*old.namelist(), *changed)):
            new.writestr(name, changed.get(name) or old.read(name))
    return target.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def wide_table(rows: int, columns: int) -> str:
    cell = f"<w:tc>{paragraph('甲')}</w:tc>"
    return f"<w:tbl>{f'<w:tr>{cell * columns}</w:tr>' * rows}</w:tbl>"


def greedy_cell() -> str:
    spans = f'<w:tc><w:tcPr><w:gridSpan w:val="{2**31}"/></w:tcPr>{paragraph("甲")}</w:tc>'
    return f"<w:tbl>{f'<w:tr>{spans * 9}</w:tr>' * 99}</w:tbl>"


def ring_of_styles() -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % 3}"/></w:style>' for n in range(3)
    )
    return word(
        '<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>',
        styles=f"<w:styles {W}>{styles}</w:styles>".encode(),
    )


def laughing_word() -> bytes:
    text = f"{LAUGHS}<w:document {W}><w:body>{paragraph('&e11;')}</w:body></w:document>"
    return repacked(as_docx(ONE), {"word/document.xml": text.encode()})


def with_macros() -> bytes:
    return repacked(as_docx(ONE), {"word/vbaProject.bin": OLE2 + bytes(2000)})


def nested_package(depth: int) -> bytes:
    inner = b"x" * MEBIBYTE
    for _ in range(depth):
        inner = repacked(as_docx(ONE), {"word/embeddings/inner.docx": inner})
    return inner


# ---------------------------------------------------------------- PDF


def pdf(content: str = "", resources: str = "", pages: str | None = None, trailer: str = "", more: tuple = ()) -> bytes:
    tree = pages or "<< /Type /Pages /Count 1 /Kids [4 0 R] >>"
    held = f"/Contents 5 0 R /Resources << /Font << /F1 3 0 R >> {resources} >>"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {held} >>"
    stream = f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"
    return assembled(["<< /Type /Catalog /Pages 2 0 R >>", tree, FONT, page, stream, *more], trailer)


def shown(text: str) -> str:
    return f"BT /F1 12 Tf 50 700 Td <{text.encode('utf-16-be').hex()}> Tj ET"


def many_pages(count: int) -> bytes:
    return pdf(shown("甲"), pages=f"<< /Type /Pages /Count {count} /Kids [{'4 0 R ' * count}] >>")


def protected() -> bytes:
    lock = f"<< /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >>"
    return pdf(shown("甲"), trailer=f"/Encrypt {lock} /ID [<{'43' * 16}> <{'43' * 16}>]")


def scanned() -> bytes:
    picture = (
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    )
    return pdf(
        "q 500 0 0 700 40 40 cm /P Do Q",
        resources="/XObject << /P 6 0 R >>",
        more=(f"{picture}\nstream\n0\nendstream",),
    )


def recursive_form() -> bytes:
    form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /P 6 0 R >> >> /Length 12 >>"
    return pdf(
        f"{shown('甲' * 30)} /P Do",
        resources="/XObject << /P 6 0 R >>",
        more=(f"{form}\nstream\n/P Do /P Do \nendstream",),
    )


def deflated_bomb(layers: int) -> bytes:
    """A page whose content is 512 MB of blanks."""
    stream = zlib.compressobj(1)
    content = b"".join(stream.compress(b" " * MEBIBYTE) for _ in range(512)) + stream.flush()
    for _ in range(layers - 1):
        content = zlib.compress(content)
    filters = "/FlateDecode " * layers
    before, after = pdf("@@").split(b"<< /Length 2 >>\nstream\n@@\n")
    return before + f"<< /Length {len(content)} /Filter [{filters}] >>\nstream\n".encode() + content + b"\n" + after


def many_rules() -> bytes:
    rules = "".join(f"{x} 0 m {x} 800 l S 0 {x} m 500 {x} l S\n" for x in range(0, 500, 7)) * 200
    return pdf(f"{shown('甲' * 30)}\n{rules}")


def many_characters() -> bytes:
    return pdf("\n".join(shown("甲" * 100).replace(" 700 ", f" {-20 * line} ") for line in range(2000)))


# ---------------------------------------------------------------- pages of the web


def html(body: str) -> bytes:
    return f"<html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()


def greedy_cells() -> bytes:
    return html("<table>" + "<tr><td rowspan=99999999 colspan=99999999>甲<td>乙</tr>" * 3000 + "</table>")


FILES: Mapping[str, tuple[str, Made, tuple[str, ...]]] = {
    "docx: 61 MB of blanks in the text": ("a.docx", lambda: word(" " * 61_000_000), (UNSAFE,)),
    "docx: 59 MB of blanks in the text": ("a.docx", lambda: word(" " * 59_000_000), (EMPTY, BROKEN, BREAKS)),
    "docx: 59 MB of elements": ("a.docx", lambda: word("<w:p/>" * 9_800_000), (EMPTY, BROKEN, BREAKS)),
    "docx: a picture of 301 MB": ("a.docx", lambda: word(media=bytes(301_000_000)), (UNSAFE,)),
    "docx: packed five times": ("a.docx", lambda: nested_package(5), ()),
    "docx: macros": ("a.docx", with_macros, ()),
    "docx: encrypted": ("a.docx", lambda: OLE2 + bytes(600) + "EncryptedPackage".encode("utf-16-le"), (ENCRYPTED,)),
    "docx: cut in the middle": ("a.docx", lambda: (s := as_docx(ONE))[: len(s) // 2], (BROKEN,)),
    "docx: billion laughs": (
        "a.docx",
        laughing_word,
        (EMPTY, BROKEN),
    ),
    "docx: 200,000 nested elements": ("a.docx", lambda: word("<w:x>" * 200_000 + "</w:x>" * 200_000), (BROKEN,)),
    "docx: a table of 600,000 cells": ("a.docx", lambda: word(wide_table(6000, 100)), (LONG, BREAKS, BROKEN)),
    "docx: cells wider than any page": ("a.docx", lambda: word(greedy_cell()), ()),
    "docx: a ring of styles": ("a.docx", ring_of_styles, ()),
    "docx: six million characters": ("a.docx", lambda: word(paragraph("甲" * 1000) * 6000), (LONG,)),
    "pdf: cut in the middle": ("a.pdf", lambda: (s := as_pdf(ONE))[: len(s) // 3], (BROKEN, EMPTY)),
    "pdf: 10,000 pages": ("a.pdf", lambda: many_pages(10_000), (LONG,)),
    "pdf: protected by a password": ("a.pdf", protected, (ENCRYPTED,)),
    "pdf: a picture of a page": ("a.pdf", scanned, ("document_scanned",)),
    "pdf: a form that holds itself": ("a.pdf", recursive_form, (BREAKS, SLOW)),
    "pdf: a tree of pages that holds itself": (
        "a.pdf",
        lambda: pdf(pages="<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>"),
        (BROKEN, EMPTY),
    ),
    "pdf: 512 MB of blanks": ("a.pdf", lambda: deflated_bomb(1), (BREAKS, EMPTY, SLOW)),
    "pdf: the same, packed three times": ("a.pdf", lambda: deflated_bomb(3), (BREAKS, EMPTY, SLOW)),
    "pdf: 28,000 rules": ("a.pdf", many_rules, ()),
    "pdf: 200,000 characters on a page": ("a.pdf", many_characters, (LONG,)),
    "pdf: nothing but its first line": ("a.pdf", lambda: b"%PDF-1.7\n" + bytes(900), (BROKEN,)),
    "html: a million nested parts": ("a.html", lambda: html("<div>" * 1_000_000 + "甲"), (EMPTY, BROKEN, BREAKS)),
    "html: billion laughs": ("a.html", lambda: LAUGHS.encode() + html("甲&e11;"), ()),
    "html: cells wider and higher than any page": ("a.html", greedy_cells, ()),
    "html: 19 MB of table": ("a.html", lambda: html("<table>" + "<tr><td>1<td>2" * 1_200_000), (LONG, BREAKS, SLOW)),
    "html: an end that never comes": ("a.html", lambda: html("<p>甲</p><!--" + "x" * 5_000_000), ()),
    "txt: one line of 19 MB": ("a.txt", lambda: ("甲" * 6_300_000).encode(), ()),
}
