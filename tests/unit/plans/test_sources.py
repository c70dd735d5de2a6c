"""Cutting and joining a task's text together with the ranges of the document that it came from."""

import random

import pytest

from core.plans.sources import cut, joined, places_of

SOURCE = "一、公开\n编制 目录，\n公布目录（６月底前）。\n　　 做好解读。"


def test_white_space_and_width_are_no_difference():
    assert places_of(SOURCE, "目录,公布") == [SOURCE.index("目录")]
    assert places_of(SOURCE, "(6月 底前)") == [SOURCE.index("（")]
    assert len(places_of(SOURCE, "目录")) == 2
    assert places_of(SOURCE, "没有") == places_of(SOURCE, " \n") == []
    assert len(places_of("二二二", "二二")) == 2


def test_ranges_are_cut_where_the_text_is():
    start = SOURCE.index("编制")
    # the text was typed anew without the page's line ends
    assert cut(SOURCE, [[start, len(SOURCE)]], "编制目录，公布目录（6月底前）。做好解读。", 7) == (
        [[start, SOURCE.index("目录（")]],
        [[SOURCE.index("目录（"), len(SOURCE)]],
    )


def test_several_ranges():
    ranges = [[2, 4], [5, 9], [11, 13]]
    text = "".join(SOURCE[start:end] for start, end in ranges)
    assert cut(SOURCE, ranges, text, 2) == ([[2, 4]], [[5, 9], [11, 13]])
    first, second = cut(SOURCE, ranges, text, 4)
    assert (first, second) == ([[2, 4], [5, 7]], [[8, 9], [11, 13]])


@pytest.mark.parametrize(("text", "place"), [("全部改写了。另外。", 6), ("", 0), ("编制目录", 0)])
def test_no_place_in_the_source(text, place):
    assert cut(SOURCE, [[5, 20]], text, place) is None


def test_a_changed_beginning_is_no_hindrance():
    text = "编目录。做好解读。"
    assert cut(SOURCE, [[5, len(SOURCE)]], text, 4)[1] == [[SOURCE.index("做好"), len(SOURCE)]]


def test_joined_across_a_gap_of_white_space_only():
    middle = SOURCE.index("公布")
    end = SOURCE.index("\n　")
    first, second = (5, middle - 1), (middle, end)
    text, ranges = joined(SOURCE, SOURCE[slice(*first)], [first], SOURCE[slice(*second)], [second])
    assert (text, ranges) == (SOURCE[5:end], [[5, end]])
    assert joined(SOURCE, "甲", [[0, 1]], "乙", [[5, 6]]) == ("甲\n乙", [[0, 1], [5, 6]])
    assert joined(SOURCE, "甲", [], "乙", [[5, 6]]) == ("甲\n乙", [[5, 6]])
    assert joined(SOURCE, "乙", [[5, 6]], "甲", [[0, 5]]) == ("乙\n甲", [[5, 6], [0, 5]])


def test_what_was_cut_and_joined_is_as_it_was():
    dice = random.Random(1)
    for _ in range(300):
        source = "".join(dice.choice("甲乙丙丁，。 \n\u3000") for _ in range(40))
        begin, end = sorted(dice.sample(range(41), 2))
        text = source[begin:end]
        begin, end = begin + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
        text = source[begin:end]
        places = [place for place in range(1, len(text)) if text[place].strip() and text[:place].strip()]
        if not places:
            continue
        place = dice.choice(places)
        first, second = cut(source, [[begin, end]], text, place)
        whole = joined(source, text[:place].rstrip(), first, text[place:], second)
        assert whole == (text, [[begin, end]])
