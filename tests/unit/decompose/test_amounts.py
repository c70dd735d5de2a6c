"""Quotas and working-day limits, phrase by phrase."""

import pytest

from core.decompose.amounts import find_day_limits, find_quotas
from core.decompose.fold import fold


def quotas(text):
    folded = fold(text)
    return find_quotas(folded, 0, len(folded.text))


def limits(text):
    folded = fold(text)
    return list(find_day_limits(folded, 0, len(folded.text)))


@pytest.mark.parametrize(
    ("text", "quote", "op", "number", "unit"),
    [
        ("会议不少于 4 次", "不少于 4 次", ">=", 4, "次"),
        ("解读不少于文件总数的50%", "不少于文件总数的50%", ">=", 50, "%"),
        ("公示不少于三十日", "不少于三十日", ">=", 30, "日"),
        ("培训≥4次/年", "≥4次/年", ">=", 4, "次"),
        ("至少开展两场宣讲", "至少开展两场", ">=", 2, "场"),
        ("累计开放数据集1.5万个", "累计开放数据集1.5万个", ">=", 15000, "个"),
        ("按时办结率达到100%", "达到100%", ">=", 100, "%"),
        ("接听率提高到95%以上", "提高到95%以上", ">=", 95, "%"),
        ("举办3场以上活动", "3场以上", ">=", 3, "场"),
        ("每年召开2次会议", "召开2次", "=", 2, "次"),
        ("纸质材料压减60%以上", "压减60%以上", ">=", 60, "%"),
        ("申请材料压减三成，时间压减30%", "压减30%", ">=", 30, "%"),
        ("每个科室至少到场1人", "至少到场1人", ">=", 1, "人"),
        ("按时答复率保持100%", "保持100%", ">=", 100, "%"),
        ("政策解读率100%", "解读率100%", ">=", 100, "%"),
        ("全年举办两期讲座", "举办两期", "=", 2, "期"),
        ("召开新闻发布会4场", "召开新闻发布会4场", "=", 4, "场"),
        ("轮流培训200人次", "培训200人次", "=", 200, "人次"),
        ("同一事项每年不超过2次", "不超过2次", "<=", 2, "次"),
        ("收入增长8%左右", "增长8%左右", ">=", 8, "%"),
        ("差错率控制在3%以内", "控制在3%以内", "<=", 3, "%"),
        ("环节压减至4项以内", "压减至4项以内", "<=", 4, "项"),
        ("办结率不低于百分之九十五", "不低于百分之九十五", ">=", 95, "%"),
        ("满意率达到百分之九十以上", "达到百分之九十以上", ">=", 90, "%"),
        ("推出30项以上便民措施", "30项以上", ">=", 30, "项"),
        ("建成示范点6个以上。", "6个以上", ">=", 6, "个"),
        ("参训200人以上，", "200人以上", ">=", 200, "人"),
        ("举办讲座10场左右", "举办讲座10场左右", "=", 10, "场"),
        ("附件不应多于2份", "不应多于2份", "<=", 2, "份"),
        ("走访不少于300户次", "不少于300户次", ">=", 300, "户次"),
        ("覆盖学校不少于20所", "不少于20所", ">=", 20, "所"),
        ("设公开栏不少于8处", "不少于8处", ">=", 8, "处"),
        ("曝光案例至少4起", "至少4起", ">=", 4, "起"),
        ("至少提前2天公告", "至少提前2天", ">=", 2, "天"),
        ("打造乡镇公开示范点5个，", "打造乡镇公开示范点5个", "=", 5, "个"),
        ("打造5个示范点", "打造5个", "=", 5, "个"),
        ("举办全市系统业务培训班1期。", "举办全市系统业务培训班1期", "=", 1, "期"),
        ("每个街道建成示范点1个。", "建成示范点1个", "=", 1, "个"),
        ("编印政策问答2000册", "编印政策问答2000册", "=", 2000, "册"),
        ("组织政策宣讲10场次", "组织政策宣讲10场次", "=", 10, "场次"),
    ],
)
def test_quota(text, quote, op, number, unit):
    (found,) = quotas(text)
    assert (found.text, found.op, found.number, found.unit) == (quote, op, number, unit)


@pytest.mark.parametrize(
    "text",
    [
        "500万元以上的项目",
        "宣传“18条”举措",
        "第五届大赛",
        "七个一批",
        "不少于30日的公示",
        "不少于5个工作日",
        "不超过5个工作日",
        "100人以上的单位",
        "每月更新一次",
        "每年开展一次清理",
        "已举办3期培训",
        "召开第2次会议",
        "同比提高20%",
        "发布26个领域的目录",
        "从业人员不少于100人的企业",
        "至少两三百人",
        "3个以上部门联合审批",
        "年营收2亿元以上，",
        "组织一至二次",
        "每月编发简报1期。",
        "已建成公开专区12个。",
        "推出一批举措。",
        "开展“一件事”改革。",
        "围绕10个方面开展排查",
    ],
)
def test_a_number_that_is_no_quota(text):
    assert quotas(text) == []


def test_scope_follows_the_subject_of_its_own_clause():
    total, each = quotas("区政府年内邀请列席不少于4次,各单位年内邀请列席不少于1次。")
    assert (total.scope, each.scope) == ("total", "each")
    each, total = quotas("各单位年内邀请列席不少于1次,区政府年内邀请列席不少于4次。")
    assert (each.scope, total.scope) == ("each", "total")
    assert each.subject == "各单位年内邀请列席不少于1次"


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("各公园年内开放不少于1场", "each"),
        ("各村居每年不少于4期", "each"),
        ("每个街镇不少于2次", "each"),
        ("每季度每单位至少1次", "each"),
        ("各类活动不少于4场", "total"),
        ("组织各级各类公开活动不少于4场", "total"),
        ("为各单位培训不少于3次", "total"),
        ("每季度公开部门账本不少于1次", "total"),
        ("各平台发布不少于10条", "total"),
    ],
)
def test_only_bodies_have_a_number_each(text, scope):
    assert [found.scope for found in quotas(text)] == [scope]


@pytest.mark.parametrize(
    ("text", "quote", "days", "trigger"),
    [
        ("决策作出后的10 个工作日内公开", "10 个工作日内", 10, "决策作出后"),
        ("自收到申请之日起二十个工作日内答复", "二十个工作日内", 20, "自收到申请之日起"),
        ("对窗口递交的申请,应当在2个工作日内录入", "2个工作日内", 2, "窗口递交的申请"),
        ("简单问题在1个工作日内答复", "1个工作日内", 1, "简单问题"),
        ("答复时间不超过5个工作日", "不超过5个工作日", 5, None),
        ("公示不得少于5个工作日", "不得少于5个工作日", 5, None),
    ],
)
def test_day_limit(text, quote, days, trigger):
    (found,) = limits(text)
    assert (found.text, found.days, found.trigger, found.before) == (quote, days, trigger, False)


def test_days_before_an_event():
    for quote in ("提前3个工作日", "至少提前3个工作日"):
        (found,) = limits(f"会议{quote}公告")
        assert (found.text, found.before) == (quote, True)


def test_the_last_working_day_of_a_month_is_no_limit():
    assert not list(find_day_limits(fold("每月最后一个工作日前报送"), 0, 12))


def test_each_working_day_is_no_limit():
    assert limits("每个工作日更新,第3个工作日汇总") == []
