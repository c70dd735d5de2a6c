"""Tables, however they were flattened: which cell stands under which word, and what heads a row."""

import pytest

from core.decompose.decompose import decompose
from tests.unit.decompose.test_structure import TITLE, tasks


def test_blanks_inside_words_and_labels():
    body = "一、甲章\n( 一)总 题。列席不少于 4 次,10 个工作日内公开。(责任 单位:甲 处、乙处)\n"
    (task,) = tasks(body)
    assert (task.title, task.unit_names) == ("总题", ("甲处", "乙处"))
    assert (task.quotas[0].text, task.working_day_limits[0].text) == ("不少于 4 次", "10 个工作日内")


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


def test_a_gap_that_can_stand_at_two_places_is_not_guessed():
    header = "序号 | 任务 | 牵头单位 | 配合单位 | 时限 |"
    rows = "1 | 清理旧文件 | 甲局 | 乙局 | 6月底前 |", "2 | 公布账目 | 丙局 | 6月底前 |"
    assert table(header, *rows)[1][2] == ()


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


def test_a_blank_in_place_of_a_colon():
    (task,) = tasks("1.办好热线。\n牵头单位　甲局　配合单位　乙局、各街镇\n完成时限　6月底前\n")
    assert (task.lead_unit, task.coop_units) == ("甲局", ("乙局", "各街镇"))
    assert ([one.text for one in task.deadlines], task.text) == (["6月底前"], "办好热线。")
    assert [task.unit_names for task in tasks("1.办好热线。\n责任单位　配合单位\n")] == [()]


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
