"""市经信委（2020）：文件不写责任单位，由办公室落实；年末汇总；重点公开领域任务表。"""

from collections.abc import Sequence

from core.sdk import Agency, Metric, TaskTemplate, UnitGroup, hookimpl
from plugins.economy_informatization.templates import TEMPLATES
from plugins.openness.measures import (
    done_by_metric,
    limit_metric,
    milestone_metric,
    on_time_metric,
    quota_count_metric,
)

UNITS = (
    UnitGroup("办公室", aliases=("委办公室",)),
    UnitGroup("各处室", "group"),
    UnitGroup("各直属单位", "group"),
    *(UnitGroup(name, "outside") for name in ("长宁区政府", "普陀区政府", "松江区政府", "崇明区政府", "市机管局")),
)

METRICS = (
    milestone_metric(
        "economy_informatization.standard_catalogue",
        "标准目录编制节点按期率",
        "economy_informatization.standard_catalogue",
        ((6, 30), (9, 30), (12, 31)),
    ),
    quota_count_metric(
        "economy_informatization.datasets",
        "累计开放数据集",
        "economy_informatization.datasets",
        target="到年底5000个",
        unit="个",
    ),
    on_time_metric(
        "economy_informatization.monthly_release", "月度发布准时率", "economy_informatization.monthly_release"
    ),
    done_by_metric(
        "economy_informatization.disclosure_catalogue",
        "主动公开目录按期发布率",
        "economy_informatization.disclosure_catalogue",
        6,
        30,
    ),
    done_by_metric(
        "economy_informatization.year_end_report",
        "落实情况按期报送率",
        "economy_informatization.year_end_report",
        12,
        20,
    ),
    limit_metric("economy_informatization.entry_limit", "限时录入纸质申请的任务", 2),
)


@hookimpl
def agency() -> Agency:
    """The document of 2020 and its twist."""
    return Agency(
        name="上海市经济和信息化委员会",
        kind="department",
        year=2020,
        line="要点不写责任单位，由办公室落实；标准目录6、9、12月底三个节点；数据集5000个；12月20日前报送办公室。",
    )


@hookimpl
def unit_groups() -> Sequence[UnitGroup]:
    """The text names no unit per task: only who collects, and whom it works with."""
    return UNITS


@hookimpl
def task_templates() -> Sequence[TaskTemplate]:
    """Its own kinds of tasks, beside the shared ones."""
    return TEMPLATES


@hookimpl
def metrics() -> Sequence[Metric]:
    """Milestones, the cumulative number, monthly releases, and the days of the year."""
    return METRICS
