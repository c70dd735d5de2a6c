"""嘉定区（2023）：区级牵头，各部门、各街镇分别落实，一项任务两种数量要求。"""

from core.sdk import EACH, Agency, DueBy, Plugin, Target, UnitGroup, Within
from plugins.jiading.templates import TEMPLATES
from plugins.openness.measures import figures

DEPARTMENTS = (
    *("区发展改革委", "区经委", "区商务委", "区科委", "区教育局", "区民政局", "区财政局", "区人力资源社会保障局"),
    *("区规划资源局", "区生态环境局", "区建设管理委", "区交通委", "区农业农村委", "区水务局", "区文化旅游局"),
    *("区卫生健康委", "区退役军人局", "区应急管理局", "区审计局", "区市场监管局", "区国资委", "区体育局"),
    *("区医保局", "区绿化市容局", "区住房保障房屋管理局", "区信访办"),
)
TOWNS = (
    *("南翔镇", "安亭镇", "马陆镇", "徐行镇", "华亭镇", "外冈镇", "江桥镇"),
    *("新成路街道", "真新街道", "嘉定镇街道", "嘉定工业区", "菊园新区"),
)
CENTRES = ("区行政服务中心(区大数据中心)", "区城运中心", "区门户网站管理中心", "区新城推进办", "北虹办", "区气象局")

UNITS = (
    UnitGroup("区政府办公室"),
    UnitGroup("区教育局", aliases=("区教委",)),
    *(UnitGroup(name) for name in (*DEPARTMENTS, *CENTRES) if name != "区教育局"),
    *map(UnitGroup, TOWNS),
    UnitGroup("区政府各部门", "group", members=DEPARTMENTS, aliases=("各部门",)),
    UnitGroup("各街镇", "group", members=TOWNS),
    UnitGroup("各相关部门", "group", aliases=("相关部门", "区政府各相关部门")),
    UnitGroup("相关单位", "group", aliases=("各相关单位",)),
)

RULES = (
    Target("jiading.district_attendance", "openness.attendance", "公众代表列席区政府常务会议次数", 4, "次"),
    Target("jiading.unit_attendance", "openness.attendance", "各单位公众代表列席达标率", 1, "次", EACH),
    Target("jiading.training", "openness.training", "", 1, "次", EACH),
    Target("jiading.hearing", "openness.hearing", "", 1, "次", EACH),
    DueBy("jiading.decision_catalogue", "openness.decision_catalogue", "重大决策事项目录按期公布率", 3, 31),
    DueBy("jiading.open_month", "openness.open_month", "政府开放月按期开展率", 8, 31),
    Within(
        "jiading.opinion_limit",
        "jiading.opinion_feedback",
        "决策出台后限时公开意见采纳情况的任务",
        (10,),
        "决策出台",
    ),
)

PLUGIN = Plugin(
    agency=Agency(
        name="上海市嘉定区人民政府",
        kind="district",
        year=2023,
        line="任务分到各部门、各街镇，各单位数量要求与区级要求并存；3月31日前公布决策目录；每年8月政府开放月。",
    ),
    unit_groups=UNITS,
    task_templates=TEMPLATES,
    rules=RULES,
    metrics=figures(RULES),
)
