"""市国动办（2024）：起草部门随文件而定，行业协会参与，5/1个工作日答复，保密审查从严。"""

from collections.abc import Sequence

from core.sdk import Agency, Metric, TaskTemplate, UnitGroup, hookimpl
from plugins.defense_mobilization.templates import TEMPLATES
from plugins.openness.measures import done_by_metric, limit_metric, quota_count_metric

UNITS = (
    *map(UnitGroup, ("秘书处", "法规处", "科信处", "人事处", "信息中心", "宣教中心", "监管中心")),
    UnitGroup("起草部门", "role", aliases=("文件起草单位", "起草单位")),
    UnitGroup("相关业务部门", "group", aliases=("有关业务部门", "业务主管部门")),
    UnitGroup("民防协会", "outside"),
    UnitGroup("民防工程行业协会", "outside"),
)

METRICS = (
    limit_metric("defense_mobilization.reply_limits", "限5个或1个工作日答复的任务", 5, 1),
    done_by_metric("defense_mobilization.hearing", "主要领导年内听取汇报完成率", "openness.hearing", 12, 31),
    done_by_metric("defense_mobilization.linked_reading", "阅办联动年内上线率", "openness.linked_reading", 12, 31),
    done_by_metric("defense_mobilization.open_month", "8月政府开放月按期开展率", "openness.open_month", 8, 31),
    quota_count_metric(
        "defense_mobilization.attendance", "公众代表列席次数", "openness.attendance", target="由办公室确定"
    ),
)


@hookimpl
def agency() -> Agency:
    """The document of 2024 and its twist."""
    return Agency(
        name="上海市国防动员办公室",
        kind="department",
        year=2024,
        line="起草部门随文件而定；行业协会参与；留言5个工作日、简单咨询1个工作日答复；公文全量备案；保密审查从严。",
    )


@hookimpl
def unit_groups() -> Sequence[UnitGroup]:
    """Divisions and centres, the drafting department as a role, and two bodies from outside."""
    return UNITS


@hookimpl
def task_templates() -> Sequence[TaskTemplate]:
    """Its own kinds of tasks, beside the shared ones."""
    return TEMPLATES


@hookimpl
def metrics() -> Sequence[Metric]:
    """The reply limits, and what is due within the year."""
    return METRICS
