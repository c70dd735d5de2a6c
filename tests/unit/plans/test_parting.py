"""Which part of a split task gets which phrase."""

import pytest

from core.plans.parting import parted, readings_in, said

# shown, what the whole text says, what its parts say, what was read in the document → first, second, by hand
CASES = {
    "each its own": (["甲", "乙"], ["甲", "乙"], (["甲"], ["乙"]), ["甲", "乙"], ["甲"], ["乙"], []),
    "behind the text: both": (["甲", "丙"], ["甲"], (["甲"], []), ["甲", "丙"], ["甲", "丙"], ["丙"], []),
    "by hand: the first": (["丙"], ["甲", "乙"], (["甲"], ["乙"]), ["甲", "乙"], ["丙"], ["乙"], ["丙"]),
    "added by hand": (["甲", "丙"], ["甲"], ([], ["甲"]), ["甲"], ["丙"], ["甲"], ["丙"]),
    "taken out by hand stays out of the first": ([], ["甲"], (["甲"], []), ["甲"], [], [], []),
    "cut in the midst: as each part says it": (["甲乙"], ["甲乙"], ([], ["乙"]), ["甲乙"], [], ["乙"], []),
}


@pytest.mark.parametrize("case", CASES)
def test_phrases(case):
    shown, whole, parts, read, *expected = CASES[case]
    assert list(parted(shown, whole, parts, read)) == expected


def test_what_a_text_says():
    text = "收到申请之日起20个工作日内办结，每季度通报，全年不少于4次，6月底前完成。"
    assert said(text, 2024) == (
        ["6月底前", "收到申请之日起20个工作日内"],
        ["全年不少于4次"],
        ["每季度"],
    )


def test_readings_go_with_their_ranges():
    readings = [{"start": 1, "end": 3}, {"start": 11, "end": 13}, {"start": 30, "end": 33}, {"start": None}]
    assert readings_in(readings, [[0, 10]], [[10, 20]]) == [readings[0], readings[2], readings[3]]
    assert readings_in(readings, [[10, 20]], [[0, 10]]) == [readings[1], readings[2], readings[3]]
