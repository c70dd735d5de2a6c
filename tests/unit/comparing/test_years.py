"""Next year's document against this year's plan."""

import time
from dataclasses import replace
from itertools import pairwise

import pytest

from core.comparing.shown import year_summary, year_table
from core.comparing.tasks import Amount, Limit, Side, SideTask, plain
from core.comparing.years import compare_years
from tests.support.years import first_year, next_year

LAMPS = SideTask(
    no="一(一)",
    title="路灯改造信息公开",
    text="2023年及时公开路灯改造计划。每季度公布改造进度，全年不少于4次。",
    year=2023,
    units=("建设科",),
    quota="全年不少于4次",
    amounts=frozenset({Amount(">=", 4, "次", "total")}),
    status="done",
)
WELLS = SideTask("一(二)", "水井水质公开", "定期公布水井水质检测结果。", 2023, ("水务科",), status="in_progress")
SIX = frozenset({Amount(">=", 6, "次", "total")})
BRIDGES = SideTask("一(三)", "桥梁检修公告", "桥梁封闭检修之前发布公告。", 2023, status="not_started")
OLD = Side("2023年要点", 2023, (LAMPS, WELLS, BRIDGES))


def following(*tasks):
    return Side("2024年要点", 2024, tuple(replace(task, year=2024, status="") for task in tasks))


def compared(*tasks):
    return {(row.new or row.old).title: row for row in compare_years(OLD, following(*tasks))}


def test_the_same_text_a_year_on_is_kept_wherever_it_stands():
    moved = replace(LAMPS, no="三(九)", text=LAMPS.text.replace("2023年", "２０２４ 年"))
    row = compared(BRIDGES, moved)["路灯改造信息公开"]
    assert (row.kind, row.score, row.changes, row.carried_over) == ("kept", 100, (), False)
    assert row.reason == "标题相同，正文相同，同有“4次”"


@pytest.mark.parametrize(
    ("edit", "field", "old", "new"),
    [
        ({"title": "路灯改造进展公开"}, "title", "路灯改造信息公开", "路灯改造进展公开"),
        (
            {"text": "2024年及时公开路灯改造计划和预算。每季度公布改造进度，全年不少于4次。"},
            "text",
            "本年及时公开路灯改造计划",
            "本年及时公开路灯改造计划和预算",
        ),
        ({"units": ("建设科", "财务科")}, "units", "", "财务科"),
        ({"deadline": "6月底前", "limits": frozenset({Limit("date", (0, 6, 30))})}, "deadline", "", "6月底前"),
        (
            {"quota": "全年不少于6次", "amounts": frozenset({Amount(">=", 6, "次", "total")})},
            "quota",
            "全年不少于4次",
            "全年不少于6次",
        ),
    ],
)
def test_what_changed_is_named(edit, field, old, new):
    plain_text = {"text": LAMPS.text.replace("2023", "2024")}
    (row,) = (r for r in compared(replace(LAMPS, **plain_text | edit), WELLS, BRIDGES).values() if r.old is LAMPS)
    assert (row.kind, row.changes) == ("changed", ((field, old, new),))


def test_a_document_without_units_takes_nobody_off():
    assert compared(replace(WELLS, units=()))["水井水质公开"].kind == "kept"


def test_new_dropped_and_carried_over():
    rows = compared(WELLS, replace(WELLS, no="九", title="集市开放时间", text="公布集市开放时间。", units=()))
    assert {title: (row.kind, row.carried_over) for title, row in rows.items()} == {
        "水井水质公开": ("kept", True),
        "集市开放时间": ("new", False),
        "路灯改造信息公开": ("dropped", False),
        "桥梁检修公告": ("dropped", True),
    }
    assert [line[6] for line in year_table(rows.values())] == ["结转", "", "", "未完成即取消，请确认"]


def test_ties_are_said():
    side = Side(
        "旧", 2023, (replace(LAMPS, no="甲"), replace(LAMPS, no="乙", text=LAMPS.text.replace("公布", "公开")), WELLS)
    )
    changed = replace(LAMPS, no="丙", title="路灯改造和养护信息公开", text=LAMPS.text.replace("2023", "2024"))
    row = compare_years(side, following(changed, BRIDGES))[0]
    assert row.old.no == "甲"
    assert [(also.side, also.no) for also in row.also] == [("old", "乙")]
    assert "旧乙 路灯改造信息公开" in year_table([row])[0][-1]
    assert "须核对的对应 1 项" in year_summary(side, following(changed), [row])


def test_equals_go_together_in_their_order():
    old = [replace(LAMPS, no=f"旧{n}") for n in range(4)]
    new = [replace(LAMPS, no=f"新{n}", title="路灯改造公开") for n in range(4)]
    rows = compare_years(Side("旧", 2023, tuple(old)), following(*new))
    assert [(row.old.no, row.new.no) for row in rows] == [(f"旧{n}", f"新{n}") for n in range(4)]


def test_a_new_task_that_sounds_like_one_that_stays_does_not_replace_one_that_goes():
    wells = replace(WELLS, no="井")
    springs = replace(WELLS, no="泉", title="山泉水位公开", text="每月公布山泉水位检测结果。")
    stays = replace(WELLS, no="井", text="定期公布水井水质检测结果和水位。")
    second = replace(WELLS, no="井二", title="水井水位公开", text="定期公布水井水位检测结果。")
    rows = compare_years(Side("旧", 2023, (wells, springs, LAMPS)), following(stays, second))
    assert [(row.kind, row.old and row.old.no) for row in rows] == [
        ("changed", "井"),
        ("new", None),
        ("dropped", "泉"),
        ("dropped", "一(一)"),
    ]
    assert rows[1].also[0].no == "井"


def test_nobody_reports_on_a_document():
    draft = Side("草案", 2023, tuple(replace(task, status="") for task in OLD.tasks))
    assert not any(row.carried_over for row in compare_years(draft, following(WELLS)))


def test_tasks_that_read_the_same_go_together_in_their_order():
    twins = [replace(WELLS, no=str(n)) for n in range(30)]
    rows = compare_years(Side("旧", 2023, tuple(twins)), following(*twins[:28]))
    assert [(row.old.no, row.kind) for row in rows[:28]] == [(str(n), "kept") for n in range(28)]
    assert [(row.old.no, row.kind) for row in rows[28:]] == [("28", "dropped"), ("29", "dropped")]


def test_empty_sides():
    nothing = Side("空", 2024, ())
    assert compare_years(nothing, nothing) == []
    assert [row.kind for row in compare_years(OLD, nothing)] == ["dropped"] * 3
    assert [row.kind for row in compare_years(nothing, OLD)] == ["new"] * 3


@pytest.mark.parametrize(
    ("text", "year", "said"),
    [
        ("2024年 6月", 2024, "本年6月"),
        ("2023购物节", 2024, "上年购物节"),
        ("到2025年底", 2024, "到次年底"),
        ("12024年，2010年以来", 2024, "12024年,2010年以来"),
    ],
)
def test_years_are_read_by_what_they_are_to_the_plan(text, year, said):
    assert plain(text, year) == said


def ten_years(seed):
    sides, truths = [first_year(seed, 2015, 320)], []
    for n in range(9):
        side, truth = next_year(100 * seed + n, sides[-1])
        sides.append(side)
        truths.append(truth)
    return sides, truths


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_years_of_a_district(seed):
    """What goes on is found again, all of it; a new task is taken for a dropped one of its kind in few cases."""
    sides, truths = ten_years(seed)
    wrong = rows = 0
    for (old, new), truth in zip(pairwise(sides), truths, strict=True):
        for row in compare_years(old, new):
            rows += 1
            matter = (row.new or row.old).no
            if truth[matter] in ("kept", "changed"):
                assert (row.kind, row.old and row.old.no) == (truth[matter], matter)
            wrong += row.kind != truth[matter]
    assert rows > 2500
    assert wrong / rows < 0.03


def test_ten_years_are_compared_in_about_a_second():
    sides, _ = ten_years(3)
    began = time.process_time()
    for old, new in pairwise(sides):
        compare_years(old, new)
    assert time.process_time() - began < 4  # 0.6, and 1.1 where others use the machine as well
