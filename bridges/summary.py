"""`sheet export --by task`: one row per task, rolled up; for reading, not for syncing."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from bridges.excel.disk import put_workbook
from bridges.excel.export import Layout, SheetColumn, export_workbook
from core.plans.models import Plan
from core.plans.reading import live_rows, quota_rows
from core.plans.rollup import LampRule, by_task, quotas_by_task, roll_up
from core.plans.rows import PlanRow, QuotaRow
from core.plans.words import Status, status_word
from tenants.sessions import ScopedSession

COLUMNS = (
    SheetColumn("序号", 8, centered=True),
    SheetColumn("章节", 24),
    SheetColumn("任务", 34),
    SheetColumn("责任单位", 24),
    SheetColumn("完成时限", 16),
    SheetColumn("数量指标", 20),
    SheetColumn("完成情况", 10, centered=True),
    SheetColumn("完成率(%)", 10, number_format="0.#", centered=True),
    SheetColumn("进展情况", 34),
)


def export_summary(session: ScopedSession, plan: Plan, out: Path, today: date, at: datetime) -> int:
    """Write the summary workbook; returns the number of tasks."""
    quotas = quotas_by_task(quota_rows(session, plan.id))
    rows = tuple(_rows(by_task(live_rows(session, plan.id)), quotas, plan.year, today))
    subtitle = f"按任务汇总，截至 {today}；只供阅读，不参加同步。"
    layout = Layout(plan.title, subtitle, COLUMNS, rows, at.replace(tzinfo=None), "任务汇总表")
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
            "、".join(row.unit for row in rows if row.unit) or None,
            first.deadline_text or None,
            first.quota_text or None,
            status_word(Status(whole.status)),
            None if whole.percent is None else round(float(whole.percent), 1),
            "\n".join(f"{row.unit}：{row.progress}" for row in rows if row.progress) or None,
        )
