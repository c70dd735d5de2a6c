"""市政府合作交流办（2024）：分处室落实，列席办党组会，政策推送接力。"""

from collections.abc import Sequence

from core.sdk import Agency, Metric, TaskTemplate, UnitGroup, hookimpl
from plugins.cooperation_office.templates import TEMPLATES
from plugins.openness.measures import done_by_metric, limit_metric, quota_count_metric

DIVISIONS = ("综合秘书处", "对口支援处", "对口协作处", "区域合作处", "推进指导处", "企业服务处", "联络处")

UNITS = (
    *map(UnitGroup, DIVISIONS),
    UnitGroup("各处室", "group", members=DIVISIONS),
    UnitGroup("相关处室", "group", aliases=("有关处室",)),
)

METRICS = (
    quota_count_metric(
        "cooperation_office.attendance", "公众代表列席办党组会次数", "openness.attendance", target="年内不少于4次"
    ),
    done_by_metric("cooperation_office.linked_reading", "阅办联动年内设置率", "openness.linked_reading", 12, 31),
    limit_metric("cooperation_office.opinion_limit", "决策出台后限时公开意见采纳情况的任务", 10),
)


@hookimpl
def agency() -> Agency:
    """The document of 2024 and its twist."""
    return Agency(
        name="上海市人民政府合作交流办公室",
        kind="department",
        year=2024,
        line="分处室落实；年内列席党组会不少于4次；政策推送接力；决策出台后10个工作日内公开意见采纳情况。",
    )


@hookimpl
def unit_groups() -> Sequence[UnitGroup]:
    """The divisions; 相关处室 are named per task."""
    return UNITS


@hookimpl
def task_templates() -> Sequence[TaskTemplate]:
    """Its own kinds of tasks, beside the shared ones."""
    return TEMPLATES


@hookimpl
def metrics() -> Sequence[Metric]:
    """列席 at the 党组会, 阅办联动 within the year, the 10-working-day limit."""
    return METRICS
