"""Cells of a CSV that a spreadsheet would take for formulas, whoever typed them."""

from typing import Any

_OPENS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def no_formula(cell: Any) -> Any:
    """The cell, with an apostrophe before a text that opens like a formula (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_OPENS) else cell
