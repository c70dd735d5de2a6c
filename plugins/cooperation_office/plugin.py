"""市政府合作交流办（2024）：分处室落实，列席办党组会，政策推送接力。"""

from core.sdk import Agency, DueBy, Plugin, SheetLayout, Target, UnitGroup, Within
from plugins.cooperation_office.templates import TEMPLATES
from plugins.openness.measures import figures

DIVISIONS = ("综合秘书处", "对口支援处", "对口协作处", "区域合作处", "推进指导处", "企业服务处", "联络处")

UNITS = (
    *map(UnitGroup, DIVISIONS),
    UnitGroup("各处室", "group", members=DIVISIONS),
    UnitGroup("相关处室", "group", aliases=("有关处室",)),
)

RULES = (
    Target("cooperation_office.attendance", "openness.attendance", "公众代表列席办党组会次数", 4, "次"),
    DueBy("cooperation_office.linked_reading", "openness.linked_reading", "阅办联动年内设置率", 12, 31),
    Within(
        "cooperation_office.opinion_limit",
        "cooperation_office.decision_opinions",
        "决策出台后限时公开意见采纳情况的任务",
        (10,),
        "决策出台",
    ),
)

PLUGIN = Plugin(
    agency=Agency(
        name="上海市人民政府合作交流办公室",
        kind="department",
        year=2024,
        line="分处室落实；年内列席党组会不少于4次；政策推送接力；决策出台后10个工作日内公开意见采纳情况。",
    ),
    unit_groups=UNITS,
    task_templates=TEMPLATES,
    rules=RULES,
    metrics=figures(RULES),
    sheet_layout=SheetLayout(words={"unit": "责任处室"}, without=("role",)),
)
