"""Printing: JSON for programs, aligned tables for people."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

from core.formulas import no_formula
from core.terminal import columns

json_option = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
tenant_option = click.option("--tenant", "tenant", required=True, metavar="T", help="租户短名。")
PLAN_ID = click.IntRange(1, 2**63 - 1)
plan_option = click.option("--plan", "plan", type=PLAN_ID, metavar="P", help="要点编号，默认最近一份。")


def echo_json(value: Any) -> None:
    """Print as JSON, Chinese readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def echo_table(header: Sequence[str], rows: Sequence[Sequence[Any]], widest: int = 40) -> None:
    """Print rows under a header, columns aligned, long cells cut."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in (header, *rows)]
    for line in columns(cells, [widest] * len(header)):
        click.echo(line)


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV that Excel opens in Chinese (with a byte order mark), and of which it takes no cell for a formula."""
    text = io.StringIO()
    csv.writer(text).writerows(map(no_formula, row) for row in rows)
    return f"\ufeff{text.getvalue()}"
