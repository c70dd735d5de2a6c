"""What is said once for several items: at the heading, above them, behind the last of them."""

import pytest

from core.decompose.decompose import decompose

TITLE = "2026年云溪市数字局政务公开工作要点\n"


def shape(body):
    return [(task.no, task.unit_names, [one.text for one in task.deadlines]) for task in decompose(TITLE + body).tasks]


def test_the_bracket_of_a_heading_is_that_of_its_items():
    draft = decompose(
        TITLE
        + "一、办专栏(牵头部门:甲处;配合部门:乙处)\n1.更新专栏。\n2.清理专栏。6月底前完成。\n二、办热线\n1.接来电。\n"
    )
    assert [task.unit_names for task in draft.tasks] == [("甲处", "乙处")] * 2 + [()]
    assert [(task.inherited, task.lead and task.lead.name) for task in draft.tasks] == [(True, "甲处")] * 2 + [
        (False, None)
    ]
    assert draft.leftovers == ()


@pytest.mark.parametrize(
    "heading",
    [
        "一、限时任务(以下任务均于6月30日前完成)\n",
        "一、限时任务\n以下任务均于6月30日前完成。\n",
        "一、限时任务\n以下各项须在6月30日前完成:\n",
    ],
)
def test_one_limit_for_all_below(heading):
    body = (
        heading
        + "1.更新专栏。(责任单位:甲处)\n2.清理专栏,5月底前公布。(责任单位:乙处)\n二、其他\n1.接来电。(责任单位:甲处)\n"
    )
    assert [(no, limits) for no, _, limits in shape(body)] == [
        ("一(1)", ["6月30日前"]),
        ("一(2)", ["5月底前"]),
        ("二(1)", []),
    ]


def test_units_behind_a_heading_are_those_of_the_lines_below():
    body = "一、公开\n(一)项目公开(责任单位:甲处)\n每月更新,年底前办8期。\n(二)办法公开(责任单位:乙处)\n6月底前印发。\n"
    assert shape(body) == [("一(一)", ("甲处",), ["年底前"]), ("一(二)", ("乙处",), ["6月底前"])]


def test_a_line_that_only_heads_numbered_lines_is_no_task():
    body = "一、公开\n(一)办专栏\n1.更新专栏。\n2.清理专栏。\n(二)办热线。接来电。\n1.记录。\n2.转办。\n"
    assert [no for no, *_ in shape(body)] == ["一(一)(1)", "一(一)(2)", "一(二)"]


def test_a_list_that_is_the_whole_paragraph_is_parted_at_semicolons_too():
    body = "一、公开\n一是更新专栏;二是年底前清理专栏;三是接来电。(责任单位:甲处)\n"
    assert shape(body) == [
        ("一(一是)", ("甲处",), []),
        ("一(二是)", ("甲处",), ["年底前"]),
        ("一(三是)", ("甲处",), []),
    ]
    within = "一、公开\n(一)办专栏。一是更新;二是清理。(责任单位:甲处)\n"
    assert [no for no, *_ in shape(within)] == ["一(一)"]


@pytest.mark.parametrize("word", ["结合实际落实", "按职责分工结合实际落实", "负责监督"])
def test_words_behind_names_are_no_part_of_them(word):
    ((_, units, _),) = shape(f"一、公开\n(一)办专栏。(甲局牵头,各市人民政府{word})\n")
    assert units == ("甲局", "各市人民政府")


def test_so_many_bodies_and_others():
    ((_, units, _),) = shape("一、公开\n(一)办专栏。(甲局牵头,乙局等部门和各区政府配合)\n")
    assert units == ("甲局", "乙局", "各区政府")


@pytest.mark.parametrize(
    "foot",
    [
        "云溪市数字局办公室\n2026年3月12日印发\n",
        "主办单位:云溪市数字局 版权所有\n地址:云溪路1号 邮编:123456\n建议使用新浏览器\n",
        "各处室要结合实际细化举措,抓好贯彻落实。\n",
    ],
)
def test_what_closes_the_document_is_no_task(foot):
    body = "一、公开\n(一)办专栏。(责任单位:甲处)\n(二)接来电。(责任单位:乙处)\n"
    assert shape(body + foot) == shape(body)


def test_who_keeps_the_page_is_told_from_who_does_the_tasks():
    body = "一、公开\n(一)办专栏。\n主办单位:甲处\n(二)接来电。\n主办单位:乙处\n"
    assert [units for _, units, _ in shape(body)] == [("甲处",), ("乙处",)]


def test_a_title_that_opens_with_a_number():
    body = "一、公开\n1.办专栏。\n2.12345热线提质。接来电。\n3.5G基站公开。\n4.抓培训。每人\n5.5万元以上的除外。\n"
    assert [task.title for task in decompose(TITLE + body).tasks] == ["办专栏", "12345热线提质", "5G基站公开", "抓培训"]


def test_what_is_done_all_the_year_is_no_part_of_the_limit():
    ((_, _, limits),) = shape("一、公开\n(一)办专栏。(责任单位:甲处;完成时限:全年动态更新)\n")
    assert limits == ["全年"]
