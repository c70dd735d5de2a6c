"""Plans of a made-up district from year to year: hundreds of tasks that share their boilerplate, edited, with truth."""

from dataclasses import replace
from random import Random

from core.comparing.tasks import Amount, Side, SideTask

FIELDS = (
    *("河道", "绿地", "停车", "燃气", "电梯", "菜场", "图书馆", "体育场", "养老院", "幼儿园", "社区医院", "公交线路"),
    *("物业", "噪声", "扬尘", "食堂", "创业园", "旧厂房", "湿地", "夜市", "农机", "种子", "渔港", "茶园"),
)
THINGS = (
    *("整治计划", "收费标准", "招标结果", "检查情况", "补助名单", "开放时间", "维修进度", "准入条件", "投诉处理"),
    *("满意度调查", "应急预案", "用地安排", "服务指南", "抽检结果", "年度报表", "志愿活动", "岗位信息", "评优结果"),
)
VERBS = ("做好{}公开", "推进{}信息发布", "加大{}公开力度", "规范{}公开")
SENTENCES = (
    "在门户网站设立{}专栏并及时更新",
    "围绕{}听取居民和企业意见",
    "每季度梳理{}中的共性问题并集中回应",
    "对{}的解读与文件同步发布",
    "把{}纳入主动公开目录，做到要素齐全",
    "通过服务窗口和行业组织推送{}",
    "加强对{}的日常检查，防止内容过期",
    "依法保护{}所涉个人信息",
)
QUOTAS = ("", "", "", "全年不少于2次", "全年不少于4次", "全年不少于6次")
UNITS = ("办公室", "法规科", "建设科", "民生科", "信息科")


def first_year(seed: int, year: int, tasks: int) -> Side:
    """A plan with so many tasks (at most 432), each about another matter."""
    rng = Random(seed)
    matters = [field + thing for field in FIELDS for thing in THINGS]
    rng.shuffle(matters)
    return Side(f"{year}年要点", year, tuple(_task(rng, matter, year) for matter in matters[:tasks]))


def _task(rng: Random, matter: str, year: int) -> SideTask:
    said = rng.sample(SENTENCES, rng.randint(3, 5))
    quota = rng.choice(QUOTAS)
    text = "。".join([f"{year}年继续把{matter}作为重点", *(line.format(matter) for line in said), quota])
    title = rng.choice(VERBS).format(matter)
    return SideTask(matter, title, text, year, (rng.choice(UNITS),), quota=quota, amounts=amounts(quota))


def amounts(quota: str) -> frozenset[Amount]:
    """The quotas here all read 全年不少于N次."""
    return frozenset({Amount(">=", float(quota[5]), "次", "total")} if quota else ())


def next_year(seed: int, side: Side) -> tuple[Side, dict[str, str]]:
    """The plan of the year after, and what was done to each task by its `no`: kept, changed, new or dropped.

    `no` is the matter of the task, which nobody compares: it tells the tests which is which. All are numbered anew.
    """
    rng = Random(seed)
    year, used = side.year + 1, {task.no for task in side.tasks}
    fresh = [matter for field in FIELDS for thing in THINGS if (matter := field + thing) not in used]
    tasks, truth = [], {}
    for task in side.tasks:
        truth[task.no] = done = rng.choices(("kept", "changed", "dropped"), (55, 35, 10))[0]
        same = replace(task, year=year, text=task.text.replace(str(side.year), str(year)))
        if done != "dropped":
            tasks.append(_edited(rng, same) if done == "changed" else same)
    for matter in fresh[: len(side.tasks) // 10]:
        truth[matter] = "new"
        tasks.append(_task(rng, matter, year))
    rng.shuffle(tasks)
    return Side(f"{year}年要点", year, tuple(tasks)), truth


def _edited(rng: Random, task: SideTask) -> SideTask:
    """With another title, other sentences, another quota or other units; always something."""
    matter, lines = task.no, task.text.split("。")
    match rng.randrange(4):
        case 0:
            return replace(task, title=rng.choice([v for v in VERBS if v.format(matter) != task.title]).format(matter))
        case 1:
            lines[1:3] = [line.format(matter) for line in SENTENCES if line.format(matter) not in lines][:2]
            return replace(task, text="。".join(lines))
        case 2:
            quota = rng.choice([quota for quota in QUOTAS if quota != task.quota])
            return replace(task, quota=quota, amounts=amounts(quota), text="。".join([*lines[:-1], quota]))
        case _:
            return replace(task, units=task.units[:1] if "监察科" in task.units else (*task.units, "监察科"))
