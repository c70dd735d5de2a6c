"""How a document is parted into tasks: numbering, brackets, inheritance. Each trap of the seeds is a test."""

from pathlib import Path

import pytest

from core.decompose.decompose import decompose
from core.decompose.draft import DecomposeHints

TITLE = "2026年云溪市数字局政务公开工作要点\n"
PAGE = Path(__file__).parents[2] / "corpus" / "page_with_table.txt"


def tasks(body):
    return decompose(TITLE + body).tasks


def shape(body):
    return [(task.no, task.title, task.unit_names) for task in tasks(body)]


def test_numerals_that_run_on_over_chapters():
    body = "一、甲章\n(一)子项。(责任单位:甲处)\n二、乙章\n(二)丑项。(责任单位:乙处)\n"
    assert shape(body) == [("一(一)", "子项", ("甲处",)), ("二(二)", "丑项", ("乙处",))]


def test_numerals_that_restart():
    body = "一、甲章\n(一)子项。(责任单位:甲处)\n二、乙章\n(一)丑项。(责任单位:乙处)\n"
    assert [task.no for task in tasks(body)] == ["一(一)", "二(一)"]


def test_ordinal_items_with_the_bracket_on_its_own_line():
    body = "一、甲章\n一是办好专栏。细化。\n(责任单位:甲处)\n二是办好热线。\n(责任单位:乙处)\n"
    assert shape(body) == [("一(一是)", "办好专栏", ("甲处",)), ("一(二是)", "办好热线", ("乙处",))]
    assert not any(task.inherited for task in tasks(body))


def test_several_brackets_in_one_paragraph():
    body = "一、甲章\n(一)总题。先做甲。(责任单位:甲处)再做乙,还有丙。(责任单位:乙处)\n"
    first, second = tasks(body)
    assert (first.no, first.title, first.text, first.part_head) == ("一(一)#1", "总题", "总题。先做甲。", "先做甲")
    assert (second.no, second.title, second.text, second.part_head) == ("一(一)#2", "总题", "再做乙,还有丙。", "再做乙")


def test_several_brackets_in_one_ordinal_item():
    body = "一、甲章\n一是总题。先做甲(责任单位:甲处)。再做乙(责任单位:乙处)。\n"
    assert [(task.no, task.text) for task in tasks(body)] == [("一(一是)#1", "总题。先做甲"), ("一(一是)#2", "再做乙")]


def test_one_bracket_for_several_ordinal_items():
    body = "一、甲章\n一是建队伍。年内到位。二是管经费。三是严考核。\n(责任单位:甲处、乙处)\n"
    found = tasks(body)
    assert [task.no for task in found] == ["一(一是)", "一(二是)", "一(三是)"]
    assert [task.text for task in found] == ["建队伍。年内到位。", "管经费。", "严考核。"]
    assert all(task.inherited and task.unit_names == ("甲处", "乙处") for task in found)


def test_ordinals_within_a_numbered_paragraph_share_its_bracket():
    body = "一、甲章\n(一)抓保障。一是建队伍。二是管经费。(责任单位:甲处)\n"
    first, second = tasks(body)
    assert (first.no, first.title, first.text, first.inherited) == ("一(一)#1", "抓保障", "抓保障。一是建队伍。", True)
    assert (second.no, second.text, second.unit_names) == ("一(一)#2", "管经费。", ("甲处",))


@pytest.mark.parametrize("end", ["", "(责任单位:甲处)"])
def test_ordinals_that_only_list_the_parts_of_a_sentence(end):
    body = f"一、甲章\n(一)拓渠道。用三种办法:一是专栏;二是短信;三是协会。{end}\n"
    assert [task.no for task in tasks(body)] == ["一(一)"]


def test_an_unnumbered_paragraph_with_its_own_bracket():
    body = "一、甲章\n(一)总题。先做。(责任单位:甲处)\n另选两个领域试点。(责任单位:乙处)\n"
    assert [(task.no, task.title) for task in tasks(body)] == [("一(一)#1", "总题"), ("一(一)#2", "总题")]


def test_a_chapter_without_items_gives_one_task_a_paragraph():
    body = "一、抓保障\n队伍要强,\n经费要足。\n年底前报送总结。\n"
    assert [(task.no, task.title, task.text) for task in tasks(body)] == [
        ("一#1", "抓保障", "队伍要强,\n经费要足。"),
        ("一#2", "抓保障", "年底前报送总结。"),
    ]


def test_a_chapter_that_is_itself_the_task():
    body = "一、抓培训。每年至少开展1次。(责任单位:甲处)\n二、抓考核。(责任单位:乙处)\n"
    assert shape(body) == [("一", "抓培训", ("甲处",)), ("二", "抓考核", ("乙处",))]


def test_sub_items_with_brackets_are_the_tasks():
    body = "一、甲章\n(一)总题。\n1.子项。(责任单位:甲处)\n2.丑项。(责任单位:乙处)\n(二)次题。(责任单位:丙处)\n"
    assert [task.no for task in tasks(body)] == ["一(一)(1)", "一(一)(2)", "一(二)"]


def test_sub_items_without_brackets_belong_to_their_paragraph():
    body = "一、甲章\n(一)总题。\n1.子项。\n2.丑项。\n(责任单位:甲处)\n"
    assert [(task.no, task.unit_names) for task in tasks(body)] == [("一(一)", ("甲处",))]


def test_running_numbers_without_chapters():
    body = "１．编目录。（责任单位：甲处，完成时限：６月底前）\n２．办培训。（责任单位：乙处，完成时限：长期）\n"
    first, second = tasks(body)
    assert (first.no, first.deadlines[0].text, str(first.deadlines[0].due)) == ("(1)", "６月底前", "2026-06-30")
    assert (second.no, second.deadlines[0].kind) == ("(2)", "ongoing")


def test_no_numbering_at_all_but_brackets():
    found = tasks("办好专栏。(责任单位:甲处)\n办好热线。(责任单位:乙处)\n")
    assert [task.unit_names for task in found] == [("甲处",), ("乙处",)]


def test_half_and_full_width_give_the_same():
    full = "一、甲章\n（一）总题。年内列席不少于４次。（责任单位：甲处、乙处）\n"
    half = "一、甲章\n(一)总题。年内列席不少于4次。(责任单位:甲处、乙处)\n"
    assert shape(full) == shape(half)
    assert [one.number for one in tasks(full)[0].quotas] == [one.number for one in tasks(half)[0].quotas] == [4]


def test_nested_parentheses_and_a_group_without_a_mark():
    (task,) = tasks("一、甲章\n(一)总题。(责任单位:市民中心(热线中心)、南山镇及相关单位)\n")
    assert task.unit_names == ("市民中心(热线中心)", "南山镇", "相关单位")


def test_aliases_stay_as_written():
    body = "一、甲章\n(一)子。(责任单位:区教委、相关业务部门)\n(二)丑。(责任单位:区教育局、有关业务部门)\n"
    assert [task.unit_names for task in tasks(body)] == [("区教委", "相关业务部门"), ("区教育局", "有关业务部门")]


def test_numbers_that_are_not_quotas():
    (task,) = tasks("一、甲章\n(一)总题。500万元以上的工程上网,宣传“18条”,办好第五届大赛和七个一批。\n")
    assert task.quotas == ()


def test_goals_and_principles_are_no_tasks():
    draft = decompose(TITLE + "一、总体要求\n(一)指导思想\n讲清来意。\n二、甲章\n(一)子项。\n")
    assert [(one.no, one.title, one.text) for one in draft.non_tasks] == [
        ("一(一)", "指导思想", "指导思想\n讲清来意。")
    ]
    assert [task.no for task in draft.tasks] == ["二(一)"]


def test_a_year_from_the_caller_where_the_title_has_none():
    draft = decompose("某局政务公开工作要点\n一、甲章\n(一)年内完成。\n", DecomposeHints(year=2031))
    assert str(draft.tasks[0].deadlines[0].due) == "2031-12-31"


@pytest.fixture(scope="module")
def page():
    return decompose(PAGE.read_text("utf-8"))


def test_page_chrome_is_neither_task_nor_lost(page):
    left = [one.text for one in page.leftovers if one.code == "page"]
    for chrome in ("首页", "OPEN GOVERNMENT", "分享到:", "打印 关闭", "2.请勿重复提交)"):
        assert chrome in left
        assert not any(chrome in task.text for task in page.tasks)


def test_lost_characters_are_read_only_where_one_reading_is_possible(page):
    assert str(page.meta.issue_date) == "2025-03-18"
    assert [one.text for one in page.leftovers if one.code == "date"] == ["2025318"]
    two_ways = decompose(TITLE.replace("2026", "2025") + "一、甲章\n(一)子项。\n2025112\n")
    assert two_ways.meta.issue_date is None
    assert [one.code for one in two_ways.leftovers] == ["date"]


def test_a_document_without_units_invents_none(page):
    assert all(task.units == () for task in page.tasks)
    assert [(task.no, task.lead_unit) for task in page.tasks if task.lead_unit] == [("三#1", "局办公室")]


def test_meta_of_a_saved_page(page):
    meta = page.meta
    assert meta.title == "2025年青石市数字建设局政务公开工作要点"
    assert meta.page_title.endswith("的通知")
    assert (meta.doc_number, meta.index_number, meta.openness) == ("青数办〔2025〕12号", "QS0001/2025-0007", "主动公开")
    assert (meta.issuing_agency, meta.published_at, meta.year) == ("青石市数字建设局", "2025-03-20", 2025)
    assert meta.addressees == "局机关各处室,各下属单位"
    assert meta.approved_at == "局2025年第3次办公会议"
    assert meta.based_on == ("2025年青石市政务公开工作安排",)
    assert meta.embedded_table == "2025年青石市数字建设局重点公开事项表"


def test_a_span_of_years_in_the_title_is_not_the_year():
    draft = decompose("云溪市政务公开三年行动方案（2026—2028年）\n一、甲章\n（一）子项。6月底前完成。\n2026年3月1日\n")
    assert (draft.meta.title, draft.meta.year) == ("云溪市政务公开三年行动方案（2026—2028年）", 2026)


def test_a_bracket_behind_a_heading_clause_is_that_of_the_body_too():
    head = "2026年云溪市政务公开工作要点\n一、甲章\n"
    (task,) = decompose(head + "（一）编好目录（责任单位：甲局）。6月底前公布。\n").tasks
    assert (task.title, task.unit_names, [one.text for one in task.deadlines]) == ("编好目录", ("甲局",), ["6月底前"])
    first, second = decompose(head + "（一）编好目录，按月更新（责任单位：甲局）。6月底前公布。\n").tasks
    assert (first.unit_names, second.unit_names) == (("甲局",), ())


def test_a_day_between_names_is_quoted_without_its_verb():
    head = "2026年云溪市政务公开工作要点\n一、甲章\n"
    (task,) = decompose(head + "（一）编好目录。（责任单位：甲局、乙局，6月底完成）\n").tasks
    assert [one.text for one in task.deadlines] == ["6月底"]


def test_a_limit_is_no_sentence():
    head = "2026年云溪市政务公开工作要点\n一、甲章\n"
    text = head + "(一)编好目录。(责任单位:甲局;完成时限:先由各科室报送清单;再由办公室汇总后公布)\n"
    (task,) = (draft := decompose(text)).tasks
    assert (task.unit_names, task.deadlines) == (("甲局",), ())
    assert any("汇总后公布" in one.text for one in draft.leftovers)


def test_an_item_may_open_with_its_day():
    items = (
        "8.办好热线。",
        "9.7月底前公布目录。",
        "10.3.5万元以上的合同都公布。",
        "11.5个工作日内回信。",
        "12.2026年建成专区。",
    )
    body = "\n".join(("一、甲章", *items))
    assert [task.no for task in tasks(body)] == ["一(8)", "一(9)", "一(11)", "一(12)"]


@pytest.mark.parametrize("end", ["(此件公开发布)", "主办:云溪市数字局 网站标识码:1234567890 网站地图"])
def test_the_words_of_the_page_end_the_tasks(end):
    assert [task.no for task in tasks(f"1.办好专栏。(责任单位:甲处)\n2.公布目录。\n{end}\n")] == ["(1)", "(2)"]
    assert decompose(f"{TITLE}1.公布目录。\n{end}\n").tasks[0].text == "公布目录。"


@pytest.mark.parametrize("usual", ["（责任单位：丙局）", "（丙局牵头，丁局配合）"])
def test_bodies_behind_a_sentence_are_units_beside_brackets_that_say_so(usual):
    body = f"1.办好热线。接听来电。{usual}\n2.公布账目。（甲局、乙局）按月更新。（甲局，6月底前）\n3.培训。\n（丁局）\n"
    assert [task.unit_names for task in tasks(body)][1:] == [("甲局", "乙局"), ("甲局",), ("丁局",)]
    draft = decompose(f"{TITLE}1.办好热线。{usual}\n2.设置专区（图书馆、档案馆）。\n3.培训。（甲局、热心市民）\n")
    assert [task.unit_names for task in draft.tasks][1:] == [(), ()]
    assert [one.code for one in draft.leftovers] == ["names", "names"]


def test_bodies_with_a_limit_are_units_without_any_label():
    (task,) = tasks("1.办好热线，接听来电（甲局、乙局，长期）\n")
    assert (task.unit_names, [one.text for one in task.deadlines]) == (("甲局", "乙局"), ["长期"])


def test_bodies_under_the_title_are_no_units():
    draft = decompose(f"{TITLE}（市甲局）\n1.办好热线。（责任单位：乙局）\n")
    assert [task.unit_names for task in draft.tasks] == [("乙局",)]


def test_a_heading_with_its_first_item_on_one_line():
    draft = decompose(
        "一、做好公开，规范管理 （一）公开预算。按时公布。（责任单位：甲局）\n（二）公开决算。（责任单位：乙局）\n"
    )
    assert [(task.no, task.title, task.unit_names) for task in draft.tasks] == [
        ("一(一)", "公开预算", ("甲局",)),
        ("一(二)", "公开决算", ("乙局",)),
    ]


def test_a_flattened_table_without_separators(page):
    rows = [task for task in page.tasks if task.no.startswith("表")]
    assert [(task.no, task.title) for task in rows] == [
        ("表(1)", "2025年财政预算"),
        ("表(2)", "发布《数据目录》"),
        ("表(3)", "每月更新空气质量"),
    ]
    assert rows[0].text == "2025年财政预算:1、部门预算2、项目预算。"
    assert {task.section for task in rows} == {"2025年青石市数字建设局重点公开事项表"}
