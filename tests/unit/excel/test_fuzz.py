"""A short run of the fuzzer (`make fuzz` is the long one)."""

from tests.support.fuzz import run


def test_damaged_workbooks_are_refused_in_a_sentence_or_read():
    tally = run(seed=20_260_101, files=150)
    assert tally.failures == []
    assert tally.codes["read"] > 20
    assert tally.codes["file_damaged"] > 20
