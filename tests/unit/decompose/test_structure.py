"""How a document is parted into tasks: numbering, brackets, inheritance, tables. Each trap of the seeds is a test."""

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


def test_blanks_inside_words_and_labels():
    body = "一、甲章\n( 一)总 题。列席不少于 4 次,10 个工作日内公开。(责任 单位:甲 处、乙处)\n"
    (task,) = tasks(body)
    assert (task.title, task.unit_names) == ("总题", ("甲处", "乙处"))
    assert (task.quotas[0].text, task.working_day_limits[0].text) == ("不少于 4 次", "10 个工作日内")


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


def test_a_flattened_table_without_separators(page):
    rows = [task for task in page.tasks if task.no.startswith("表")]
    assert [(task.no, task.title) for task in rows] == [
        ("表(1)", "2025年财政预算"),
        ("表(2)", "发布《数据目录》"),
        ("表(3)", "每月更新空气质量"),
    ]
    assert rows[0].text == "2025年财政预算:1、部门预算2、项目预算。"
    assert {task.section for task in rows} == {"2025年青石市数字建设局重点公开事项表"}


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


def test_rows_parted_by_blanks_are_read_only_where_every_blank_parts_two_cells():
    header = "2026年云溪市政务公开任务表\n序号 工作任务 责任部门 完成时限\n"
    draft = decompose(header + "1 编好目录 市甲局、市乙局 四月份\n2 举办 培训班 市丙局 全年\n")
    assert [(task.title, task.unit_names) for task in draft.tasks] == [
        ("编好目录", ("市甲局", "市乙局")),
        ("举办培训班市丙局全年", ()),
    ]
    assert [(one.code, one.text) for one in draft.leftovers] == [("table", "2 举办 培训班 市丙局 全年")]


def flat(rows):
    header = "2026年云溪市政务公开工作任务表 序号 工 作 任 务 责任单位 完成时限"
    return decompose(f"云溪市人民政府办公室文件\n{header} 一、抓公开 {rows}\n")


def test_a_table_on_one_line_is_read_where_its_rows_fit_its_columns():
    draft = flat("1 编好目录，按月更新 甲局、市乙局 四月份 2 晒清账本 各区 长 期 二、抓平台 3 建好专栏 市丙局 6月底前")
    rows = [(task.no, task.title, task.unit_names, [one.text for one in task.deadlines]) for task in draft.tasks]
    assert rows == [
        ("表(1)", "编好目录，按月更新", ("甲局", "市乙局"), ["四月份"]),
        ("表(2)", "晒清账本", ("各区",), ["长 期"]),
        ("表(3)", "建好专栏", ("市丙局",), ["6月底前"]),
    ]
    assert [task.section for task in draft.tasks] == ["一、抓公开", "一、抓公开", "二、抓平台"]


@pytest.mark.parametrize(
    "rows",
    [
        "1 编好目录 市甲局 四月份 2 晒清账本 分 3 批公布 市乙局 及时 3 建好专栏 市丙局 6月底前",
        "1 编好目录 市甲局 四月份 2 晒清账本 牵头的那一家 及时 3 建好专栏 市丙局 6月底前",
        "1 编好目录 市甲局 四月份 2 建好专栏 市丙局 6月底前 市长签发",
    ],
)
def test_a_table_on_one_line_whose_columns_are_not_certain_is_one_leftover(rows):
    draft = flat(rows)
    assert draft.tasks == ()
    assert [one.code for one in draft.leftovers if "编好目录" in one.text] == ["page"]


def test_a_column_of_bodies_whose_part_nobody_can_tell_is_marked():
    header = "2026年云溪市政务公开任务表\n序号|工作任务|责任单位|督导单位|完成时限\n"
    (task,) = (draft := decompose(header + "1|编好目录|市甲局|市乙局|6月底前\n")).tasks
    assert task.unit_names == ("市甲局",)
    assert [(one.code, one.text) for one in draft.leftovers] == [("duty", "市乙局")]


def table(*rows):
    return [
        (task.title, task.text, task.unit_names, [day.text for day in task.deadlines])
        for task in tasks("\n".join(rows))
    ]


def test_a_merged_first_cell_left_its_blank_at_the_end():
    header = "任务 | 要求 | 责任部门 | 完成时限 |"
    first = "一、办好热线 | 1.接听来电。 | 甲科 | 全年 |"
    below = "2.回复来信。 | 甲科牵头,各科室配合 | 长期坚持 | |"
    assert table(header, first, below)[1] == ("回复来信", "2.回复来信。", ("甲科", "各科室"), ["长期坚持"])


def test_a_merged_cell_is_missing_between_the_number_and_the_text():
    header = "序号 | 任务 | 细分 | 责任处室 | 时限 | 备注 |"
    first = "1 | 清理旧文件 | 甲类先行 | 甲处 | 长期 |"
    second = "2 | 公布收支账目 | 乙处 | 2月公布预算,8月公布决算 |"
    third = "3 | 改写办事说明 | 丙处牵头 | 6月底前 | 督办 |"
    assert [(row[1], row[2]) for row in table(header, first, "|", second, "|", third)] == [
        ("甲类先行", ("甲处",)),
        ("公布收支账目", ("乙处",)),
        ("改写办事说明", ("丙处",)),
    ]


HEADER = "任务|要求|责任单位|时限"


def titled(*rows, header=HEADER):
    return [(task.section, task.title) for task in tasks("\n".join(("2026年云溪市任务清单", header, *rows)))]


@pytest.mark.parametrize("below", ["", "办好热线"])
def test_a_title_of_several_rows_heads_them(below):
    rows = "办好热线|接听来电,做好记录。|甲科|全年", f"{below}|回复来信。|乙科|6月底前", "晒清账本|公布收支。|丙科|8月"
    table = "2026年云溪市任务清单"
    assert titled(*rows) == [("办好热线", "接听来电,做好记录"), ("办好热线", "回复来信"), (table, "晒清账本")]


def test_headings_of_several_levels_stand_one_behind_the_other():
    rows = (
        "一、抓服务",
        "办好热线|接听来电。|甲科|全年",
        "|回复来信。|乙科|6月底前",
        "二、抓公开",
        "|公布收支。|丙科|8月",
    )
    section = "一、抓服务／办好热线"
    assert titled(*rows) == [(section, "接听来电"), (section, "回复来信"), ("二、抓公开", "公布收支")]


def test_a_category_ends_those_within_the_one_above():
    rows = "甲类|一组|1|接听来电。|甲科|全年", "甲类|二组|2|回复来信。|乙科|全年", "乙类||3|公布收支。|丙科|8月"
    assert [section for section, _ in titled(*rows, header="领域|类别|序号|任务|责任单位|时限")] == [
        "甲类／一组",
        "甲类／二组",
        "乙类",
    ]


def test_a_heading_between_rows_is_over_their_categories_and_ends_those_above():
    rows = "一、抓服务", "甲类|1|接听来电。|甲科|全年", "二、抓公开", "|2|公布收支。|丙科|8月"
    assert [section for section, _ in titled(*rows, header="领域|序号|任务|责任单位|时限")] == [
        "一、抓服务／甲类",
        "二、抓公开",
    ]


def test_a_category_needs_no_number():
    assert titled("甲类|接听来电。|甲科|全年", header="领域|任务|责任单位|时限") == [("甲类", "接听来电")]


def test_an_item_beside_its_heading_is_titled_by_itself_but_not_by_its_first_step():
    rows = (
        "(二)办好热线|3.接听来电。|甲科|全年",
        "(三)晒清账本|1.收齐收支。2.按月公布。|乙科|全年",
        "4.修好网站|1.补齐栏目。|丙科|8月",
    )
    table = "2026年云溪市任务清单"
    assert titled(*rows) == [("(二)办好热线", "接听来电"), (table, "(三)晒清账本"), (table, "4.修好网站")]


@pytest.mark.parametrize("between", ["\n", "\n|\n"])
def test_a_second_column_of_words_where_each_cell_is_a_line(between):
    words = "序号", "工作任务", "细化分工", "责任科室", "时限"
    first, below = ("1", "办好热线", "接听来电", "甲科", "全年"), ("2", "回复来信", "乙科", "6月底前")
    rows = tasks(between.join((*words, *first, *below)) + "\n")
    assert [(task.title, task.unit_names) for task in rows] == [("接听来电", ("甲科",)), ("回复来信", ("乙科",))]


def test_a_blank_column_at_the_end_does_not_hide_where_a_remark_stands():
    header = "序号\t任务\t细分\t责任处室\t时限\t备注\t"
    rows = "1\t办好热线\t接听来电\t甲处\t长期\t\t", "2\t回复来信\t乙处\t6月底前\t报办公厅\t"
    assert [row[2] for row in table(header, *rows)] == [("甲处",), ("乙处",)]


def test_blanks_behind_all_rows_are_no_columns_of_the_header():
    header, first = "任务\t要求\t责任单位\t时限\t\t\t", "一、抓服务\t（一）热线\t1\t接听来电。\t甲科\t全年\t"
    assert table(header, first)[0][1:] == ("接听来电。", ("甲科",), ["全年"])


def test_words_over_several_columns_that_the_first_row_does_not_fit_say_nothing():
    header, first = "任务 | 责任单位 | 时限 | | |", "办好热线 | 甲科 | 乙科 | 全年 | 长期 |"
    draft = decompose(f"2026年云溪市任务清单\n{header}\n{first}\n")
    assert [(task.unit_names, task.deadlines) for task in draft.tasks] == [((), ())]


def test_rows_of_a_table_without_a_title_stand_under_that_of_the_document():
    (task,) = tasks("第一条说明。\n任务|责任单位|时限\n办好热线|甲科|全年\n")
    assert task.section == TITLE.strip()


def test_columns_that_do_not_fit_their_words_give_no_value_that_is_wrong():
    first = "抓服务|办好热线|1|对群众来电逐一登记,分送有关科室。办结后回访来电人。|全年"
    (task,) = (draft := decompose(f"2026年云溪市任务清单\n任务|要求|责任单位|时限|备注\n{first}\n")).tasks
    assert (task.unit_names, task.deadlines) == ((), ())
    assert "table" in {one.code for one in draft.leftovers}


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


def test_a_gap_that_can_stand_at_two_places_is_not_guessed():
    header = "序号 | 任务 | 牵头单位 | 配合单位 | 时限 |"
    rows = "1 | 清理旧文件 | 甲局 | 乙局 | 6月底前 |", "2 | 公布账目 | 丙局 | 6月底前 |"
    assert table(header, *rows)[1][2] == ()


def test_a_task_that_ends_like_a_body_is_a_task():
    lines = (
        "任务",
        "内容",
        "责任部门",
        "整理台账",
        "分类登记。",
        "甲室",
        "充实站点",
        "办好公开专区,年内培训2次。",
        "甲室、乙室",
    )
    assert [(row[0], row[2]) for row in table(*lines)] == [("整理台账", ("甲室",)), ("充实站点", ("甲室", "乙室"))]


@pytest.mark.parametrize("end", ["(此件公开发布)", "主办:云溪市数字局 网站标识码:1234567890 网站地图"])
def test_the_words_of_the_page_end_the_tasks(end):
    assert [task.no for task in tasks(f"1.办好专栏。(责任单位:甲处)\n2.公布目录。\n{end}\n")] == ["(1)", "(2)"]
    assert decompose(f"{TITLE}1.公布目录。\n{end}\n").tasks[0].text == "公布目录。"


@pytest.mark.parametrize(
    ("value", "quotes"),
    [
        ("初稿3月底前,定稿8月底前", ["3月底前", "8月底前"]),
        ("4月公布收入,9月公布支出", ["4月", "9月"]),
        ("5月底前完成,长期坚持", ["5月底前", "长期坚持"]),
        ("5月底前完成,并长期坚持", ["5月底前", "长期坚持"]),
        ("5月底前完成并长期坚持", ["5月底前完成并长期坚持"]),
        ("3月、8月", ["3月", "8月"]),
        ("3月、8月底前", ["3月、8月底前"]),
        ("3月底前和8月底前", ["3月底前", "8月底前"]),
        ("年内持续推进", ["年内"]),
        ("年底前完成", ["年底前"]),
        ("按季通报,12月底前汇总", ["按季通报", "12月底前"]),
    ],
)
def test_several_limits_in_one_cell_are_quoted_without_what_they_are_for(value, quotes):
    assert table("序号 | 任务 | 单位 | 时限", f"1 | 公布账目 | 甲局 | {value}")[0][3] == quotes


def test_a_heading_and_a_cell_between_may_both_be_missing():
    header = "类别 | 序号 | 任务 | 要求 | 责任单位 | 时限 | 备注 |"
    first = "公开 | 1 | 办好热线 | 接听来电 | 甲科 | 全年 | |"
    below = "2 | 回复来信 | 乙科 | 长期 | |", "3 | 公布账目 | 按年公布 | 丙局,各单位 | 2月底前和9月底前 | 督办 |"
    assert table(header, first, *below)[1:] == [
        ("回复来信", "回复来信", ("乙科",), ["长期"]),
        ("公布账目", "公布账目 | 按年公布", ("丙局", "各单位"), ["2月底前", "9月底前"]),
    ]


def test_bodies_are_no_text_where_a_cell_is_missing():
    header = "序号 | 任务 | 细分 | 牵头单位 | 配合单位 | 时限"
    assert table(header, "1 | 公布账目 | 丙局 | 丁局 | 6月底前")[0][2:] == (("丙局", "丁局"), ["6月底前"])


def test_what_stands_under_limits_is_one_where_the_units_are_in_their_place():
    row = table("序号\t任务\t单位\t时限\t进展", "1\t公布账目\t甲科\t视情\t")[0]
    assert row == ("公布账目", "公布账目", ("甲科",), ["视情"])


@pytest.mark.parametrize("header", ["细化分工", "工作路径"])
def test_a_second_column_of_what_is_to_be_done(header):
    (row,) = table(f"序号 | 任务 | {header} | 单位 | 时限", "1 | 办好热线 | 每季度通报 | 甲科 | 全年")
    assert row == ("办好热线", "办好热线 | 每季度通报", ("甲科",), ["全年"])


def test_a_column_that_says_on_what_a_task_rests_is_none_of_it():
    (row,) = table("任务 | 政策依据 | 单位 | 时限", "办好热线 | 2019年6月底前的办法 | 甲科 | 全年")
    assert row == ("办好热线", "办好热线", ("甲科",), ["全年"])


def test_several_limits_on_a_line_are_a_cell_of_their_own():
    lines = (
        "任务",
        "内容",
        "单位",
        "时限",
        "办好热线",
        "接听来电。",
        "甲科",
        "6月底前、12月底前",
        "回信",
        "及时答复。",
        "乙科",
        "全年",
    )
    assert [(row[0], row[3]) for row in table(*lines)] == [("办好热线", ["6月底前", "12月底前"]), ("回信", ["全年"])]


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


def test_a_blank_in_place_of_a_colon():
    (task,) = tasks("1.办好热线。\n牵头单位　甲局　配合单位　乙局、各街镇\n完成时限　6月底前\n")
    assert (task.lead_unit, task.coop_units) == ("甲局", ("乙局", "各街镇"))
    assert ([one.text for one in task.deadlines], task.text) == (["6月底前"], "办好热线。")
    assert [task.unit_names for task in tasks("1.办好热线。\n责任单位　配合单位\n")] == [()]


def test_a_heading_with_its_first_item_on_one_line():
    draft = decompose(
        "一、做好公开，规范管理 （一）公开预算。按时公布。（责任单位：甲局）\n（二）公开决算。（责任单位：乙局）\n"
    )
    assert [(task.no, task.title, task.unit_names) for task in draft.tasks] == [
        ("一(一)", "公开预算", ("甲局",)),
        ("一(二)", "公开决算", ("乙局",)),
    ]


def test_a_row_of_cells_each_with_its_bar_has_as_many_bars_as_the_header():
    lines = ["工作任务 |", "具体要求 |", "责任单位 |", "备注 |", "||", "一、专项任务 |", "|", "||||"]
    lines += ["1.公开预算 |", "按时公布预算。 |", "甲局牵头，乙局配合 |", "|", "||"]
    lines += ["2.公开决算 |", "按时公布决算。 |", "乙局 |", "6月底前完成 |", "||"]
    first, second = decompose("\n".join(lines)).tasks
    assert (first.section, first.lead_unit, first.coop_units) == ("一、专项任务", "甲局", ("乙局",))
    assert (second.no, second.unit_names, [one.text for one in second.deadlines]) == ("表(2)", ("乙局",), ["6月底前"])


def test_rows_out_of_a_longer_list_keep_their_numbers():
    lines = ["序号", "任务", "责任单位", "配合单位", "一、民生", "二、教育", "7", "公开预算。", "甲局", "乙局，丙局。"]
    lines += ["三、基础", "12、13", "公开决算。", "乙局", "各局。"]
    tasks = decompose("\n".join(lines)).tasks
    assert [(task.no, task.coop_units) for task in tasks] == [("表(7)", ("乙局", "丙局")), ("表(12、13)", ("各局",))]
