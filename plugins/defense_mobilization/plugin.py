"""市国动办（2024）：起草部门随文件而定，行业协会参与，5/1个工作日答复，保密审查从严。"""

from core.sdk import Agency, DueBy, Plugin, SheetLayout, UnitGroup, Within
from plugins.defense_mobilization.templates import TEMPLATES
from plugins.openness.measures import figures, quota_count_metric

UNITS = (
    *map(UnitGroup, ("秘书处", "法规处", "科信处", "人事处", "信息中心", "宣教中心", "监管中心")),
    UnitGroup("起草部门", "role", aliases=("文件起草单位", "起草单位")),
    UnitGroup("相关业务部门", "group", aliases=("有关业务部门", "业务主管部门")),
    UnitGroup("民防协会", "outside"),
    UnitGroup("民防工程行业协会", "outside"),
)

RULES = (
    Within(
        "defense_mobilization.reply_limits",
        "defense_mobilization.message_replies",
        "限5个或1个工作日答复的任务",
        (5, 1),
        "收到留言",
    ),
    DueBy("defense_mobilization.hearing", "openness.hearing", "主要领导年内听取汇报完成率", 12, 31),
    DueBy("defense_mobilization.linked_reading", "openness.linked_reading", "阅办联动年内上线率", 12, 31),
    DueBy("defense_mobilization.open_month", "openness.open_month", "8月政府开放月按期开展率", 8, 31),
)

PLUGIN = Plugin(
    agency=Agency(
        name="上海市国防动员办公室",
        kind="department",
        year=2024,
        line="起草部门随文件而定；行业协会参与；留言5个工作日、简单咨询1个工作日答复；公文全量备案；保密审查从严。",
    ),
    unit_groups=UNITS,
    task_templates=TEMPLATES,
    rules=RULES,
    metrics=(
        *figures(RULES),
        # no number is written: the office sets the target
        quota_count_metric(
            "defense_mobilization.attendance", "公众代表列席次数", "openness.attendance", target="由办公室确定"
        ),
    ),
    sheet_layout=SheetLayout(without=("role",)),
)
