"""The folded copy finds its way back to the original characters."""

from hypothesis import given
from hypothesis import strategies as st

from core.decompose.fold import Span, fold, without_space

TEXTS = st.text(
    st.one_of(st.sampled_from("（）：，；、。１２年月日 　\t\n\u200b…①㈠⑴ﷺ一二责任"), st.characters()), max_size=80
)


def test_full_width_becomes_half_width_and_blanks_go():
    folded = fold("（责任　单位：甲，乙）\n２０２６年")
    assert folded.text == "(责任单位:甲,乙)\n2026年"
    assert folded.quote(1, 6) == "责任　单位："
    assert folded.plain(1, 6) == "责任单位："


def test_levels_that_folding_would_blur_stay_apart():
    assert fold("①⑴㈠1").text == "①(1)(一)1"


@given(TEXTS)
def test_offsets_rise_and_quotes_fold_to_themselves(text):
    folded = fold(text)
    assert len(folded.offsets) == len(folded.text)
    assert list(folded.offsets) == sorted(folded.offsets)
    for start in range(len(folded.text)):
        span = folded.span(start, len(folded.text))
        assert 0 <= span.start < span.end <= len(text)
        assert folded.quote(start, len(folded.text)) == text[span.start : span.end]
        assert fold(text[span.start : span.end]).text.endswith(folded.text[start:])


@given(TEXTS)
def test_only_space_is_lost(text):
    folded = fold(text)
    kept = set(folded.offsets)
    assert all(not without_space(char) for place, char in enumerate(text) if place not in kept)


def test_spans_sort_by_place():
    assert sorted([Span(5, 6), Span(1, 9), Span(1, 2)]) == [Span(1, 2), Span(1, 9), Span(5, 6)]
