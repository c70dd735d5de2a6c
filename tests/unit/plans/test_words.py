import pytest

from core.plans.words import CHOICES, WORDS, Status, read_status, status_word


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("已完成", Status("done")),
        ("√", Status("done")),
        ("１００％", Status("done")),
        ("已落实", Status("done")),
        ("有序\n推进", Status("in_progress")),
        ("常态化", Status("ongoing")),
        ("已办结。", Status("done")),
        (" 推 进 中 ", Status("in_progress")),
        ("序时推进", Status("in_progress")),
        ("基本完成", Status("in_progress")),
        ("滞后", Status("in_progress", behind=True)),
        ("逾期", Status("in_progress", behind=True)),
        ("未开展", Status("not_started")),
        ("长期坚持", Status("ongoing")),
        ("销号", Status("done")),
        ("取消", Status("cancelled")),
    ],
)
def test_words_that_are_understood(written, expected):
    assert read_status(written) == expected


@pytest.mark.parametrize("written", ["", "差不多了", "完成一半", "未完成", "50%"])
def test_words_that_are_not_guessed_at(written):
    assert read_status(written) is None


def test_every_status_has_a_standard_word_that_is_read_back():
    assert {status.status for status in WORDS} == {"not_started", "in_progress", "done", "ongoing", "cancelled"}
    assert [read_status(word) for word in CHOICES] == list(WORDS)


def test_no_word_means_two_things():
    words = [word for words in WORDS.values() for word in words]
    assert len(words) == len(set(words))


def test_the_units_own_word_stays_while_the_state_does():
    done = read_status("√")
    assert status_word(done, "√") == "√"
    assert status_word(Status("ongoing"), "√") == "持续推进"
    assert status_word(done, "搞定") == "搞定"  # taught by an office
    assert status_word(done) == "已完成"


@pytest.mark.parametrize("status", WORDS)
def test_norm_and_back(status):
    assert Status.of(status.norm) == status
