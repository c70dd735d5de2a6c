"""Factories of metrics over tasks and quotas: an agency plugin declares its figures with them.

Each takes the metric's key and title, and the task template whose tasks it counts (blank: the whole plan).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from core.sdk import (
    EACH,
    DueBy,
    Every,
    Facts,
    Metric,
    MetricValue,
    Milestones,
    PlanRow,
    QuotaRow,
    Rule,
    Target,
    Within,
    bound_rows,
    counts_by_unit,
    finished_on,
    in_parts,
    reaches,
)

NO_TASK = "本年要点中没有此项任务"


def keys(rows: Iterable[PlanRow]) -> tuple[str, ...]:
    """The keys of rows, by which a person finds them in the sheet."""
    return tuple(row.key for row in rows)


def share(hit: Sequence[PlanRow], rows: Sequence[PlanRow], empty: str = NO_TASK, note: str = "") -> MetricValue:
    """`hit` out of `rows` in percent, the target being all of them; without rows no value, and `empty` says why."""
    if not rows:
        return MetricValue(None, note=empty)
    return MetricValue(
        value=round(Decimal(100) * len(hit) / len(rows), 1),
        numerator=Decimal(len(hit)),
        denominator=Decimal(len(rows)),
        numerator_rows=keys(hit),
        denominator_rows=keys(rows),
        met=len(hit) == len(rows),
        note=note,
    )


def _on_time(template: str, facts: Facts) -> MetricValue:
    due = [
        row for row in facts.rows_of(template) if row.due_on and row.due_on < facts.today and row.status != "ongoing"
    ]
    on_time = [row for row in due if (done := finished_on(row)) and done <= row.due_on]
    return share(on_time, due, "没有已到期的任务")


def on_time_metric(key: str, title: str, template: str = "") -> Metric:
    """按时完成率: rows done by their due day ÷ rows whose due day has passed (ongoing ones are never due)."""
    formula = "完成时限当日及以前完成的任务行 ÷ 完成时限已过的任务行（持续推进的不计）"
    return Metric(key, title, formula, "100%", "%", partial(_on_time, template), template)


def _done_by(template: str, month: int, day: int, facts: Facts) -> MetricValue:
    rows, limit = facts.rows_of(template), date(facts.year, month, day)
    done = [row for row in rows if (on := finished_on(row)) and on <= limit]
    value = share(done, rows)
    if value.met is False and facts.today <= limit:
        return replace(value, met=None, note=f"截至{month}月{day}日，尚未到期")
    return value


def done_by_metric(key: str, title: str, template: str, month: int, day: int) -> Metric:
    """Rows done by a day of the plan's year that the agency's rules set, whatever due day the sheet shows."""
    formula = f"当年{month}月{day}日及以前完成的任务行 ÷ 此项任务的全部任务行"
    return Metric(
        key, title, formula, f"{month}月{day}日前全部完成", "%", partial(_done_by, template, month, day), template
    )


def _milestones(template: str, days: Sequence[tuple[int, int]], facts: Facts) -> MetricValue:
    passed = sum(date(facts.year, month, day) < facts.today for month, day in days)
    rows = facts.rows_of(template)
    if rows and not passed:
        return MetricValue(None, denominator_rows=keys(rows), note="首个节点尚未到期")
    wanted = 100 * passed // len(days)  # whole points: a third is written as 33
    reached = [row for row in rows if (facts.percents[row.occurrence_id] or 0) >= wanted]
    return share(reached, rows, note=f"已过 {passed}/{len(days)} 个节点，应完成 {wanted}%")


def milestone_metric(key: str, title: str, template: str, days: Sequence[tuple[int, int]]) -> Metric:
    """Rows whose percent has reached the share of the milestones (month, day) that have passed."""
    names = "、".join(f"{month}月{day}日" for month, day in days)
    formula = f"完成率不低于已过节点应有份额的任务行 ÷ 此项任务的全部任务行（节点：{names}，各占 1/{len(days)}，取整）"
    return Metric(key, title, formula, "各节点按期完成", "%", partial(_milestones, template, tuple(days)), template)


def _bound(facts: Facts, template: str, scope: str, unit: str) -> Iterator[tuple[QuotaRow, list[PlanRow]]]:
    """The quotas of this scope and unit word on the template's tasks, each with the rows that it binds: once for each
    part of the year in which it is to be reached."""
    for task_id, rows in facts.task_rows.items():
        if task_id in facts.matches.get(template, ()):
            quotas = facts.task_quotas.get(task_id, [])
            for quota in quotas:
                if (quota.scope, quota.unit_word) == (scope, unit):
                    yield from ((quota, part) for part in in_parts(bound_rows(rows, quotas, quota), quota))


def _count(template: str, unit: str, facts: Facts) -> MetricValue:
    bound = list(_bound(facts, template, "total", unit))
    number = sum((quota.number for quota, _ in bound), Decimal(0))
    counted = [row for _, rows in bound for row in rows] or facts.rows_of(template)
    if not counted:
        return MetricValue(None, note=NO_TASK)
    count = sum(counts_by_unit(counted).values(), Decimal(0))
    return MetricValue(
        value=count,
        numerator=count,
        denominator=number or None,
        numerator_rows=keys(row for row in counted if row.count is not None),
        denominator_rows=keys(counted),
        met=count >= number if number else None,
        note="" if number else "要点没有写明数量，由办公室确定目标",
    )


def quota_count_metric(key: str, title: str, template: str, target: str = "", unit: str = "次") -> Metric:
    """The reported 完成数量 against the `total` quota that the document sets; `target` says it in words."""
    formula = "此项任务各行完成数量之和，对照要点写明的数量"
    return Metric(key, title, formula, target or "要点写明的数量", unit, partial(_count, template, unit), template)


def _each(template: str, unit: str, facts: Facts) -> MetricValue:
    bound: list[PlanRow] = []
    reached: list[PlanRow] = []
    short: list[str] = []
    for quota, rows in _bound(facts, template, "each", unit):
        counts = counts_by_unit(rows)
        bound += rows
        reached += [row for row in rows if reaches(counts[row.unit], quota)]
        short += [f"{name}（{n}/{quota.number}）" for name, n in counts.items() if not reaches(n, quota)]
    empty = "要点没有对各单位写明数量，或尚未落实到单位" if facts.rows_of(template) else NO_TASK
    return share(reached, bound, empty, f"未达到：{'、'.join(short)}" if short else "")


def quota_each_metric(key: str, title: str, template: str, target: str = "", unit: str = "次") -> Metric:
    """The rows whose unit reached the quota that binds each of them; the note lists who is short."""
    formula = "所属单位完成数量达到要点对各单位要求的任务行 ÷ 受此要求的全部任务行"
    return Metric(key, title, formula, target or "各单位全部达到", "%", partial(_each, template, unit), template)


def _limits(days: frozenset[int], facts: Facts) -> MetricValue:
    limits = [limit for limit in facts.limits if limit.days in days and limit.task_id in facts.task_rows]
    rows = [row for task_id in dict.fromkeys(limit.task_id for limit in limits) for row in facts.task_rows[task_id]]
    if not rows:
        return MetricValue(None, note="本年要点没有写明这一时限")
    tasks = Decimal(len({row.task_id for row in rows}))
    quoted = "；".join(f"{facts.task_rows[limit.task_id][0].no}：{limit.text}" for limit in limits)
    return MetricValue(tasks, tasks, None, keys(rows), (), None, quoted)


def limit_metric(key: str, title: str, *days: int) -> Metric:
    """How many tasks carry one of these working-day limits; the note quotes them, the rows show where."""
    words = "、".join(str(n) for n in days)
    return Metric(key, title, f"写明{words}个工作日时限的任务数", "", "项", partial(_limits, frozenset(days)))


def figures(rules: Iterable[Rule]) -> tuple[Metric, ...]:
    """The figures that follow from an agency's rules, under the same keys; none for a rule without a title for one."""
    return tuple(_figure(rule) for rule in rules if rule.figure)


def _figure(rule: Rule) -> Metric:
    named = rule.key, rule.figure
    match rule:
        case DueBy():
            return done_by_metric(*named, rule.template, rule.month, rule.day)
        case Milestones():
            return milestone_metric(*named, rule.template, rule.days)
        case Target():
            counted = quota_each_metric if rule.scope == EACH else quota_count_metric
            return counted(*named, rule.template, rule.words, rule.unit)
        case Every():
            return on_time_metric(*named, rule.template)
        case Within():
            return limit_metric(*named, *rule.days)
    raise TypeError(f"no figure follows from {rule!r}")
