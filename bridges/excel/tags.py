"""XML as bytes: tags and attributes found by patterns, without making a tree."""

import re
from functools import cache, lru_cache

from bridges.excel.errors import FileUnsupported

REST_OF_TAG = rb"""[^"'<>]*(?:"[^"<]*"[^"'<>]*|'[^'<]*'[^"'<>]*)*"""
"""Attributes, and the slash of an empty element; `>` is legal inside quotes, `<` nowhere."""
MARKUP = re.compile(rb"<!--|<!\[CDATA\[|<\?")
END_OF_MARKUP = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
DECLARATION = re.compile(rb"""\s*<\?xml(?:[^>]*?\sencoding\s*=\s*["']([^"']*)["'])?[^>]*>""")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_utf8(xml: bytes) -> bool:
    """By its first bytes and its declaration, is this XML in UTF-8 (or ASCII)?"""
    encoding, _ = declaration(xml[:200].removeprefix(BYTE_ORDER_MARK))
    return b"\0" not in xml[:4] and encoding.lower() in (b"utf-8", b"us-ascii")


def declaration(text: bytes) -> tuple[bytes, int]:
    """The encoding that `<?xml …?>` names, and where it ends."""
    found = DECLARATION.match(text)
    return (found[1] or b"utf-8", found.end()) if found else (b"utf-8", 0)


def without_markup(text: bytes, start: int) -> bytes:
    """The same length, comments, CDATA and instructions from `start` on as blanks. Raises FileUnsupported for one that
    does not end."""
    if not any(occurs(text, rare, mark, start) for rare, mark in ((b"!", b"<!"), (b"?", b"<?"))):
        return text
    pieces: list[bytes] = []
    here = 0
    for found in MARKUP.finditer(text, start):
        if found.start() < here:
            continue  # within the one before
        close = END_OF_MARKUP[found[0]]
        end = text.find(close, found.end())
        if end < 0:
            raise FileUnsupported(what="工作表的结构")
        pieces += text[here : found.start()], b" " * (end + len(close) - found.start())
        here = end + len(close)
    return b"".join((*pieces, text[here:]))


def occurs(text: bytes, rare: bytes, mark: bytes, start: int = 0) -> bool:
    """Is the mark there? One byte that is rare is looked for first: that is many times faster."""
    return text.find(rare, start) >= 0 and text.find(mark, start) >= 0


@lru_cache
def opening(prefix: bytes, name: bytes) -> "re.Pattern[bytes]":
    """An opening tag; group 1: attributes and, of an empty element, the slash."""
    return re.compile(rb"<%b%b(?=[\s/>])(%b)>" % (re.escape(prefix), name, REST_OF_TAG))


@lru_cache
def closing(prefix: bytes, name: bytes) -> "re.Pattern[bytes]":
    """A closing tag."""
    return re.compile(rb"</%b%b\s*>" % (re.escape(prefix), name))


@cache
def _attribute_pattern(name: bytes) -> "re.Pattern[bytes]":
    return re.compile(rb"""(?:^|\s)%b\s*=\s*(?:"([^"]*)"|'([^']*)')""" % name)


def attribute(attributes: bytes, name: bytes) -> bytes | None:
    """The raw value of an attribute."""
    found = _attribute_pattern(name).search(attributes)
    return None if found is None else found[1] if found[1] is not None else found[2]


def number_in(attributes: bytes, name: bytes) -> int:
    """A whole number that defaults to 0 (style, first column, …); what is no number counts as absent."""
    text = attribute(attributes, name) or b""
    return int(text) if text.isdigit() and len(text) < 10 else 0
