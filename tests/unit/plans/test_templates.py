import pytest

from core.plans.templates import Match, TaskTemplate, match_templates

MEETING = TaskTemplate("demo.meeting", "代表列席", ("代表+列席", "旁听"))
TRAINING = TaskTemplate("demo.training", "培训", ("专题培训",))


def test_a_match_names_the_words_found():
    assert match_templates("全年邀请市民代表四次列席会议", [TRAINING, MEETING]) == [
        Match("demo.meeting", "文中有“代表”“列席”，与“代表列席”相符")
    ]


def test_any_alternative_will_do_but_all_its_words_must_occur():
    assert match_templates("欢迎旁听", [MEETING])
    assert not match_templates("代表座谈", [MEETING])


def test_spaces_inside_words_and_widths_do_not_matter():
    wide = TaskTemplate("demo.wide", "进社区", ("进社（园）区",))
    assert match_templates("政策进社(园) 区，专题 培训", [wide, TRAINING]) == [
        Match("demo.wide", "文中有“进社（园）区”，与“进社区”相符"),
        Match("demo.training", "文中有“专题培训”，与“培训”相符"),
    ]


@pytest.mark.parametrize("keywords", [(), ("甲+",), ("",), "甲乙"])
def test_keywords_that_would_match_anything_are_refused(keywords):
    with pytest.raises(ValueError, match="no usable keywords"):
        TaskTemplate("demo.bad", "坏", keywords)
