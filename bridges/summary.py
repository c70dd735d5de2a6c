"""What a leader reads. `sheet export --by section`: a copy as any other, set out under the titles of the sections;
`--by task`: one row per task, rolled up; for reading, not for syncing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from bridges.excel.disk import put_workbook
from bridges.excel.export import Layout, SheetColumn, export_workbook
from bridges.excel.layout import layout_of
from bridges.store.plan_table import PERIOD
from bridges.sync.plan import Plan as FirstPass
from bridges.table import Table
from core.agencies import SheetLayout
from core.plans.models import Plan
from core.plans.periods import period_words
from core.plans.reading import live_rows, quota_rows
from core.plans.rollup import LampRule, by_task, quotas_by_task, roll_up
from core.plans.rows import PlanRow, QuotaRow
from core.plans.words import Status, status_word
from tenants.sessions import ScopedSession

COLUMNS = {
    "no": SheetColumn("", 8, centered=True),
    "section": SheetColumn("", 24),
    "title": SheetColumn("", 34),
    "unit": SheetColumn("", 24),
    "deadline": SheetColumn("", 16),
    "quota": SheetColumn("", 20),
    "status": SheetColumn("", 10, centered=True),
    "percent": SheetColumn("", 10, number_format="0.#", centered=True),
    "progress": SheetColumn("", 34),
}
"""The columns of the summary by task; what stands over them is the agency's word."""

SECTION = "section"
SECTION_HIDDEN = (SECTION,)
SECTION_COLUMNS = ("no", SECTION, "title", "unit", "deadline", PERIOD, "status", "percent", "progress", "note")
"""The columns of the table that a copy by section has; that of the section is hidden: it stands in the titles."""
SECTION_SUBTITLE = "按章节排列，一行是一个单位的一项任务；可直接修改，同步后各表随之更新，请勿删除隐藏的编号列。"
NO_SECTION = "其他"


def by_section(table: Table, plan: FirstPass, stamp: str) -> Layout:
    """How a copy with the `SECTION_COLUMNS` is set out."""
    layout = layout_of(table, plan, stamp)
    place = 1 + [column.key for column in table.columns].index(SECTION)
    columns = list(layout.columns)
    columns[place] = replace(columns[place], hidden=True)
    return replace(
        layout,
        subtitle=SECTION_SUBTITLE,
        columns=tuple(columns),
        sheet_name="按章节汇总",
        headings=_headings([str(row[place] or "") for row in layout.rows]),
    )


def _headings(sections: list[str]) -> Mapping[int, str]:
    """Index of the first row of each section → its title."""
    pairs = zip(["", *sections], sections, strict=False)
    return {index: section or NO_SECTION for index, (before, section) in enumerate(pairs) if section != before}


def export_summary(session: ScopedSession, plan: Plan, words: SheetLayout, out: Path, today: date, at: datetime) -> int:
    """Write the summary workbook, under the words of the agency; returns the number of tasks."""
    quotas = quotas_by_task(quota_rows(session, plan.id))
    rows = tuple(_rows(by_task(live_rows(session, plan.id)), quotas, plan.year, today))
    subtitle = f"按任务汇总，截至 {today}；只供阅读，不参加同步。"
    columns = tuple(replace(column, header=words.word(key)) for key, column in COLUMNS.items())
    layout = Layout(plan.title, subtitle, columns, rows, at.replace(tzinfo=None), "任务汇总表")
    put_workbook(out, export_workbook(layout))
    return len(rows)


def _rows(
    tasks: dict[int, list[PlanRow]], quotas: dict[int, list[QuotaRow]], year: int, today: date
) -> Iterator[tuple[object, ...]]:
    for task_id, rows in tasks.items():
        whole, first = roll_up(rows, quotas.get(task_id, []), LampRule(), year, today), rows[0]
        yield (
            first.no or None,
            first.section or None,
            first.title,
            "、".join(dict.fromkeys(row.unit for row in rows if row.unit)) or None,
            first.deadline_text or None,
            first.quota_text or None,
            status_word(Status(whole.status)),
            None if whole.percent is None else round(float(whole.percent), 1),
            "\n".join(f"{row.unit}{_period(row)}：{row.progress}" for row in rows if row.progress) or None,
        )


def _period(row: PlanRow) -> str:
    return f"（{period_words(row.period)}）" if row.period else ""
