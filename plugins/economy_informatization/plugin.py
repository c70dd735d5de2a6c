"""市经信委（2020）：文件不写责任单位，由办公室落实；年末汇总；重点公开领域任务表。"""

from core.sdk import Agency, DueBy, Every, Milestones, Plugin, SheetLayout, Target, UnitGroup, Within
from plugins.economy_informatization.templates import TEMPLATES
from plugins.openness.measures import figures

PAIRED_DISTRICTS = ("长宁区政府", "普陀区政府", "松江区政府", "崇明区政府")

UNITS = (
    UnitGroup("办公室", aliases=("委办公室",)),
    UnitGroup("各处室", "group"),
    UnitGroup("各直属单位", "group"),
    *(UnitGroup(name, "outside") for name in (*PAIRED_DISTRICTS, "市机管局")),
)

RULES = (
    Milestones(
        "economy_informatization.standard_catalogue",
        "economy_informatization.standard_catalogue",
        "标准目录编制节点按期率",
        ((6, 30), (9, 30), (12, 31)),
    ),
    Target(
        "economy_informatization.datasets",
        "economy_informatization.datasets",
        "累计开放数据集",
        5000,
        "个",
    ),
    DueBy(
        "economy_informatization.disclosure_catalogue",
        "economy_informatization.disclosure_catalogue",
        "主动公开目录按期发布率",
        *(6, 30),
    ),
    DueBy(
        "economy_informatization.year_end_report",
        "economy_informatization.year_end_report",
        "落实情况按期报送率",
        *(12, 20),
    ),
    Every("economy_informatization.monthly_release", "economy_informatization.monthly_release", "月度发布准时率", 1),
    Within(
        "economy_informatization.entry_limit",
        "economy_informatization.application_entry",
        "限时录入纸质申请的任务",
        (2,),
        "收到当面、邮寄、传真申请",
    ),
)

PLUGIN = Plugin(
    agency=Agency(
        name="上海市经济和信息化委员会",
        kind="department",
        year=2020,
        line="要点不写责任单位，由办公室落实；标准目录6、9、12月底三个节点；数据集5000个；12月20日前报送办公室。",
    ),
    unit_groups=UNITS,
    task_templates=TEMPLATES,
    rules=RULES,
    metrics=figures(RULES),
    sheet_layout=SheetLayout(words={"progress": "落实情况"}),
)
