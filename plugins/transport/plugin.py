"""市交通委（2024）：文件不写责任单位，委办公室牵头；四类推送，阅办联动查断链，转办留言。"""

from core.sdk import Agency, DueBy, Plugin, UnitGroup
from plugins.openness.measures import figures, quota_count_metric
from plugins.transport.templates import TEMPLATES

UNITS = (
    UnitGroup("委办公室", aliases=("办公室",)),
    UnitGroup("委机关各处室", "group", aliases=("各处室", "各部门")),
    UnitGroup("委属各单位", "group", aliases=("各单位",)),
    UnitGroup("政策制定机关", "role"),
    UnitGroup("承办单位", "role"),
)

RULES = (
    DueBy("transport.linked_reading", "openness.linked_reading", "阅办联动年内上线率", 12, 31),
    DueBy("transport.open_month", "openness.open_month", "8月政府开放活动按期开展率", 8, 31),
)

PLUGIN = Plugin(
    agency=Agency(
        name="上海市交通委员会",
        kind="department",
        year=2024,
        line="要点不写责任单位，委办公室牵头；四类推送；阅办联动年内全面上线并巡检断链；转办留言。",
    ),
    unit_groups=UNITS,
    task_templates=TEMPLATES,
    rules=RULES,
    metrics=(
        *figures(RULES),
        # no number is written: the office sets the target
        quota_count_metric("transport.attendance", "公众代表列席次数", "openness.attendance", target="由办公室确定"),
    ),
)
