"""What changed cells mean for formulas: results are computed anew, and the order of calculation is forgotten."""

import re
from collections.abc import Callable, Mapping

from bridges.excel.archive import plain_name
from bridges.excel.package import Package, relationships, relationships_name
from bridges.excel.tags import REST_OF_TAG, attribute

CHAIN, CONTENT_TYPES = "calcChain", "[content_types].xml"

BEFORE_CALCULATION = re.compile(
    rb"<(?:/((?:[^\s:<>/]+:)?)(?:sheets|functionGroups|externalReferences|definedNames)\s*"
    rb"|((?:[^\s:<>/]+:)?)(?:functionGroups|externalReferences|definedNames)\s*/)>"
)
"""What stands in front of calcPr in workbook.xml (ECMA-376 part 1, §18.2.27)."""
CALCULATION = re.compile(rb"<(?:[^\s:<>/]+:)?calcPr(?=[\s/>])(%b)>" % REST_OF_TAG)
FULL_CALCULATION = re.compile(rb"""\s+fullCalcOnLoad\s*=\s*(?:"[^"]*"|'[^']*')""")


def has_formulas(book: Package) -> bool:
    """Is there a formula anywhere in the workbook?"""
    return any(book.sheet(part).formulas for part in book.sheets.values())


def recalculated(workbook: bytes) -> bytes:
    """The workbook part that asks for all formulas to be computed on opening: stored results may depend on what was
    changed."""
    found = CALCULATION.search(workbook)
    if found is None:
        *_, last = BEFORE_CALCULATION.finditer(workbook)
        new = b'<%bcalcPr fullCalcOnLoad="1"/>' % (last[1] or last[2] or b"")
        return workbook[: last.end()] + new + workbook[last.end() :]
    tag = FULL_CALCULATION.sub(b"", found[0])
    closing = -2 if tag.endswith(b"/>") else -1
    asking = tag[:closing].rstrip() + b' fullCalcOnLoad="1"' + tag[closing:]
    return workbook[: found.start()] + asking + workbook[found.end() :]


def without_chain(book: Package) -> Mapping[str, bytes | None]:
    """The order of calculation dropped with all that names it: an entry for a cell without formula makes Excel
    offer a repair, and the part is optional (§18.6)."""
    named = next(((rid, part) for rid, kind, part in relationships(book.archive, book.workbook) if kind == CHAIN), None)
    if named is None:
        return {}
    rid, chain = named
    relations, types = (book.archive.names[name] for name in (relationships_name(book.workbook), CONTENT_TYPES))
    return {
        chain: None,
        relations: _without(book.text(relations), b"Relationship", b"Id", lambda value: value == rid),
        types: _without(
            book.text(types), b"Override", b"PartName", lambda value: plain_name(value) == plain_name(chain)
        ),
    }


def _without(xml: bytes, element: bytes, name: bytes, gone: Callable[[str], bool]) -> bytes:
    """The part without the empty elements whose attribute says so."""
    entry = re.compile(rb"<(?:[^\s:<>/]+:)?%b(?=[\s/>])(%b)(?<=/)>" % (element, REST_OF_TAG))

    def kept(found: "re.Match[bytes]") -> bytes:
        return b"" if gone((attribute(found[1], name) or b"").decode("utf-8", "replace")) else found[0]

    return entry.sub(kept, xml)
