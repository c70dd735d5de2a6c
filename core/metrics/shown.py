"""Figures in words, the same on the command line and on the page."""

from decimal import Decimal

from core.metrics.services import Figure


def shown_number(value: Decimal | None) -> str:
    """A number without needless zeros, at most one decimal; a dash for none."""
    return "—" if value is None else f"{value:.1f}".removesuffix(".0")


def shown_value(figure: Figure) -> str:
    """A figure with its unit, and the counts it was made from: `75% (3/4)`."""
    value = figure.value
    if value.value is None:
        return f"—（{value.note}）" if value.note else "—"
    counted = f"（{shown_number(value.numerator)}/{shown_number(value.denominator)}）" if value.denominator else ""
    return f"{shown_number(value.value)}{figure.metric.unit}{counted}"
