"""Printing: JSON for programs, aligned tables for people."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
tenant_option = click.option("--tenant", "tenant", required=True, metavar="T", help="租户短名。")
PLAN_ID = click.IntRange(1, 2**63 - 1)
plan_option = click.option("--plan", "plan", type=PLAN_ID, metavar="P", help="要点编号，默认最近一份。")


def echo_json(value: Any) -> None:
    """Print as JSON, Chinese readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def clip(text: str, columns: int) -> str:
    """Cut to a number of terminal columns, marked with …"""
    if width(text) <= columns:
        return text
    used, end = 1, 0
    while used + width(text[end]) <= columns:
        used += width(text[end])
        end += 1
    return text[:end] + "…"


def echo_table(header: Sequence[str], rows: Sequence[Sequence[Any]], widest: int = 40) -> None:
    """Print rows under a header, columns aligned, long cells cut."""
    cells = [[clip(str(c).replace("\n", " "), widest) for c in row] for row in (header, *rows)]
    columns = [max(width(row[i]) for row in cells) for i in range(len(header))]
    for row in cells:
        line = "  ".join(c + " " * (w - width(c)) for c, w in zip(row, columns, strict=True))
        click.echo(line.rstrip())
