"""What changed cells mean for formulas: results are computed anew, and the order of calculation is forgotten."""

import re
from collections.abc import Mapping

from bridges.excel.package import Package, relationships_name, targets
from bridges.excel.sheetxml import REST_OF_TAG

BEFORE_CALCULATION = rb"sheets|functionGroups|externalReferences|definedNames"
"""What stands in front of calcPr in workbook.xml (ECMA-376 part 1, §18.2.27)."""
CALCULATION = re.compile(rb"<(?:[^\s:<>/]+:)?calcPr(?=[\s/>])(%b)>" % REST_OF_TAG)
FULL_CALCULATION = re.compile(rb"""\s+fullCalcOnLoad\s*=\s*(?:"[^"]*"|'[^']*')""")


def recalculating(book: Package) -> Mapping[str, bytes]:
    """The changed workbook part when the workbook has formulas: stored results may depend on what was changed."""
    if not any(book.sheet(part).formulas for part in book.sheets.values()):
        return {}
    return {book.workbook: _recalculated_on_load(book.archive.read(book.workbook))}


def _recalculated_on_load(workbook: bytes) -> bytes:
    found = CALCULATION.search(workbook)
    if found is None:
        last = list(re.finditer(rb"</((?:[^\s:<>/]+:)?)(?:%b)\s*>" % BEFORE_CALCULATION, workbook))[-1]
        return workbook[: last.end()] + b'<%bcalcPr fullCalcOnLoad="1"/>' % last[1] + workbook[last.end() :]
    tag = FULL_CALCULATION.sub(b"", found[0])
    closing = -2 if tag.endswith(b"/>") else -1
    asking = tag[:closing].rstrip() + b' fullCalcOnLoad="1"' + tag[closing:]
    return workbook[: found.start()] + asking + workbook[found.end() :]


def without_chain(book: Package) -> Mapping[str, bytes | None]:
    """The order of calculation dropped with all that names it: an entry for a cell without formula makes Excel
    offer a repair, and the part is optional (§18.6)."""
    chain = next((part for kind, part in targets(book.archive, book.workbook) if kind == "calcChain"), None)
    if chain is None:
        return {}
    naming = {relationships_name(book.workbook): b"Relationship", "[content_types].xml": b"Override"}
    changes: dict[str, bytes | None] = {chain: None}
    for plain, element in naming.items():
        part = book.archive.names[plain]
        entry = rb"<(?:[^\s:<>/]+:)?%b\s[^<>]*calcChain\.xml[^<>]*/>" % element
        changes[part] = re.sub(entry, b"", book.archive.read(part))
    return changes
