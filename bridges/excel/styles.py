"""New cell styles, appended to the styles part: a copy of an existing one with another number format."""

import re
from dataclasses import dataclass, field

from bridges.excel.errors import FileUnsupported
from bridges.excel.formats import Formats
from bridges.excel.tags import REST_OF_TAG

GENERAL, DATE = 0, 14
"""Built-in number formats: plain, and the date as the reader's system writes it."""


@dataclass
class Styles:
    """The styles part `xml` while a patch is made; `formats` says what its styles show."""

    xml: bytes
    formats: Formats
    added: dict[tuple[int, int], int] = field(default_factory=dict)

    def fitting(self, style: int, *, for_date: bool) -> int:
        """`style`, or one that looks the same but shows a date as a date, a number as that number (12 is not 1200%)."""
        is_date = style in self.formats.dates
        if is_date if for_date else not is_date and style not in self.formats.percents:
            return style
        wanted = (style, DATE if for_date else GENERAL)
        if wanted not in self.added:
            self.xml, self.added[wanted] = _with_copy(self.xml, *wanted)
        return self.added[wanted]


def _with_copy(xml: bytes, style: int, number_format: int) -> tuple[bytes, int]:
    """The part with a copy of cell style `style` in another number format, and the copy's index."""
    listed = re.search(rb"<((?:[^\s:<>/]+:)?)cellXfs(%b)>(.*?)</\1cellXfs\s*>" % REST_OF_TAG, xml, re.DOTALL)
    if listed is None:
        raise FileUnsupported(what="样式表")
    prefix = re.escape(listed[1])
    one = rb"<%bxf(?=[\s/>])(?:%b(?<=/)>|%b(?<!/)>.*?</%bxf\s*>)" % (prefix, REST_OF_TAG, REST_OF_TAG, prefix)
    all_styles = re.findall(one, listed[3], re.DOTALL)
    if style >= len(all_styles):
        raise FileUnsupported(what="样式表")
    copy = _with_attribute(all_styles[style], b"numFmtId", b"%d" % number_format)
    copy = _with_attribute(copy, b"applyNumberFormat", b"1")
    count = _with_attribute(b"<%bcellXfs%b>" % (listed[1], listed[2]), b"count", b"%d" % (len(all_styles) + 1))
    closing = b"</%bcellXfs>" % listed[1]
    replaced = count + listed[3] + copy + closing
    return xml[: listed.start()] + replaced + xml[listed.end() :], len(all_styles)


def _with_attribute(tag: bytes, name: bytes, value: bytes) -> bytes:
    """An element with the attribute of its opening tag set."""
    set_to = rb'%b="%b"' % (name, value)
    present = re.match(rb"<[^\s<>/]+(?=\s)[^<>]*?\s%b\s*=\s*(\"[^\"]*\"|'[^']*')" % name, tag)
    if present:
        return tag[: present.start(1)] + b'"%b"' % value + tag[present.end(1) :]
    return re.sub(rb"^<[^\s<>/]+", lambda found: found[0] + b" " + set_to, tag, count=1)
