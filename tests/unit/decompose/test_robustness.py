"""Any text at all: no exception, quotes that are the text, spans that do not overlap, time in step with the length."""

import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decompose.decompose import decompose
from core.decompose.render import render_table

WORDS = """
一、 二、 (一) （二） 一是 。二是 1. 2、 (1) ① (责任单位: （牵头单位： 甲处 、 乙局 ) ） 。 ； 序号 任务表
1新 2旧 年内 每年8月 6月底前 2月30日前 不少于4次 至少一次 10个工作日内 每月25日前 《某》 2026318 附件:甲
分享到: 各单位 由 牵头 配合 等 及相关单位 责任单位: … ㈠ ⑴ 〇 上半年 一季度 来源:某局发布日期:2026-13-45
次年1月31日前 第一、三季度 3月至5月 以下统称 〔 〕 | 任务内容 责任单位 完成时限 牵头单位 — 3 长期 甲处、乙局
（甲处、乙局） 99999999999年 \ufeff \u200b \x00 𠀀 【 】 完成时限: 总体要求
"""
DOCUMENTS = st.lists(
    st.one_of(st.sampled_from(["\n", "\n", " ", "\t", "　", *WORDS.split()]), st.text(max_size=4)), max_size=60
).map("".join)


def written(quote):
    """A phrase that the page cut is quoted without the line end, and the page number, in it."""
    return re.sub(r"(?:\n|[-—–·]+ *\d+ *[-—–·]+)", "", quote)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_any_text_gives_a_draft_that_quotes_it(text):
    draft = decompose(text)
    json.dumps(draft.as_json(), ensure_ascii=False)
    render_table(draft)
    reached = 0
    for task in draft.tasks:
        assert task.source.start >= reached
        reached = task.source.end
        assert task.text.strip()
        assert task.text == text[task.source.start : task.source.end]
        quoted = (*task.deadlines, *task.quotas, *task.cadence, *task.cadence_soft, *task.working_day_limits)
        assert all(written(one.text) == written(text[one.source.start : one.source.end]) for one in quoted)
        assert all(unit.name for unit in task.units)
        if task.units_source:
            assert task.units_source.start >= task.source.start
    assert [one.source for one in draft.leftovers] == sorted(one.source for one in draft.leftovers)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "(责任单位:",
            "(责任单位:甲、",
            "。一是甲",
            "年内",
            "至少",
            "(甲处、",
            "由甲局",
            "\n1.",
            "\n1.子(责任单位:甲)",
        ),
        *(
            "。(甲处、乙局)",
            "。责任单位:甲处",
            "\n责任单位:甲处、",
            "(甲处,时限:",
            "\n序号\t任务\n1\t甲",
            "\n任务|责任单位",
            "\n|",
        ),
        *("\n任务\n责任单位\n甲\n乙处", "\n— 3 —\n甲乙丙丁", "甲局牵头、", "第一、", "6月、"),
    ],
)
def test_time_grows_with_the_length_and_not_faster(piece):
    """16 times the text may take 64 times as long (a loaded machine), not the 256 times of a quadratic rule."""

    def seconds(repeats):
        text = "2026年某局政务公开工作要点\n一、甲章\n(一)子项。" + piece * repeats
        started = time.process_time()
        decompose(text)
        return time.process_time() - started

    most = 64 * max(min(seconds(250) for _ in range(3)), 0.003)
    assert any(seconds(4000) < most for _ in range(3))  # a neighbour may slow one run down, not a rule that is right
