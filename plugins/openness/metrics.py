"""The figures that every tenant has: over the whole plan, and over tasks that most agencies have."""

from decimal import Decimal

from core.sdk import Facts, Metric, MetricValue, elapsed_percent, is_overdue, is_reported, schedule_gap
from plugins.openness.measures import keys, on_time_metric, quota_each_metric, share

EMPTY = "要点中没有任务"


def _schedule_gap(facts: Facts) -> MetricValue:
    gaps = {
        row.key: gap
        for row in facts.rows
        if (gap := schedule_gap(row, facts.percents[row.occurrence_id], facts.year, facts.today)) is not None
    }
    if not gaps:
        return MetricValue(None, note="没有可计算完成率的任务行")
    mean = round(sum(gaps.values(), Decimal(0)) / len(gaps), 1)
    elapsed = round(elapsed_percent(facts.year, facts.today), 1)
    note = f"时间进度 {elapsed}%；无完成率、持续推进和按期重复的 {len(facts.rows) - len(gaps)} 行未计入"
    rows = tuple(gaps)
    return MetricValue(mean, mean + elapsed, elapsed, rows, rows, mean >= 0, note)


def _reporting_rate(facts: Facts) -> MetricValue:
    return share([row for row in facts.rows if is_reported(row)], facts.rows, EMPTY)


def _assigned_rate(facts: Facts) -> MetricValue:
    return share([row for row in facts.rows if row.unit], facts.rows, EMPTY)


def _overdue_tasks(facts: Facts) -> MetricValue:
    late = [row for row in facts.rows if is_overdue(row, facts.today)]
    tasks = Decimal(len({row.task_id for row in late}))
    return MetricValue(tasks, tasks, Decimal(len(facts.task_rows)), keys(late), keys(facts.rows), not late)


METRICS = (
    on_time_metric("openness.on_time_rate", "任务按时完成率"),
    Metric(
        key="openness.schedule_gap",
        title="序时进度差",
        formula="各任务行完成率的平均值 − 已过整月数 ÷ 12",
        target="不低于0",
        unit="个百分点",
        compute=_schedule_gap,
    ),
    Metric(
        key="openness.reporting_rate",
        title="填报率",
        formula="填写过完成情况、进展等任一栏的任务行 ÷ 全部任务行",
        target="100%",
        unit="%",
        compute=_reporting_rate,
    ),
    Metric(
        key="openness.assigned_rate",
        title="责任落实率",
        formula="已明确责任单位的任务行 ÷ 全部任务行",
        target="100%",
        unit="%",
        compute=_assigned_rate,
    ),
    Metric(
        key="openness.overdue_tasks",
        title="逾期任务数",
        formula="有任务行超过完成时限而未完成的任务数",
        target="0项",
        unit="项",
        compute=_overdue_tasks,
    ),
    quota_each_metric("openness.training_reached", "政务公开培训达标率", "openness.training"),
    quota_each_metric("openness.hearing_reached", "主要负责同志听取汇报达标率", "openness.hearing"),
)
