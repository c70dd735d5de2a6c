"""市交通委（2024）：文件不写责任单位，委办公室牵头；四类推送，阅办联动查断链，转办留言。"""

from collections.abc import Sequence

from core.sdk import Agency, Metric, TaskTemplate, UnitGroup, hookimpl
from plugins.openness.measures import done_by_metric, quota_count_metric
from plugins.transport.templates import TEMPLATES

UNITS = (
    UnitGroup("委办公室", aliases=("办公室",)),
    UnitGroup("委机关各处室", "group", aliases=("各处室", "各部门")),
    UnitGroup("委属各单位", "group", aliases=("各单位",)),
    UnitGroup("政策制定机关", "role"),
    UnitGroup("承办单位", "role"),
)

METRICS = (
    done_by_metric("transport.linked_reading", "阅办联动年内上线率", "openness.linked_reading", 12, 31),
    done_by_metric("transport.open_month", "8月政府开放活动按期开展率", "openness.open_month", 8, 31),
    quota_count_metric("transport.attendance", "公众代表列席次数", "openness.attendance", target="由办公室确定"),
)


@hookimpl
def agency() -> Agency:
    """The document of 2024 and its twist."""
    return Agency(
        name="上海市交通委员会",
        kind="department",
        year=2024,
        line="要点不写责任单位，委办公室牵头；四类推送；阅办联动年内全面上线并巡检断链；转办留言。",
    )


@hookimpl
def unit_groups() -> Sequence[UnitGroup]:
    """The text names no unit per task: only who coordinates, and roles that are resolved per item."""
    return UNITS


@hookimpl
def task_templates() -> Sequence[TaskTemplate]:
    """Its own kinds of tasks, beside the shared ones."""
    return TEMPLATES


@hookimpl
def metrics() -> Sequence[Metric]:
    """Two days of the year; 列席 without a number, so the office sets the target."""
    return METRICS
