"""Files made to hurt: one sentence or their text, within 512 MB and 30 seconds, and nothing of the process is left."""

import time

import pytest

from bridges.excel.sandbox import close_workers
from core.documents import errors
from core.documents.reader import SECONDS, parse_document
from tests.support import hostile, hostile_papers
from tests.support.apart import apart, most_memory

MOST_MEMORY = 512 * 2**20


@pytest.fixture(scope="module")
def young():
    """Whoever reads; at the end nothing that it started took more memory than it may."""
    with apart() as call:
        yield call
        call(close_workers)
        assert 2**24 < call(most_memory) < MOST_MEMORY


def within_bounds(name, data):
    """Code of the refusal, or none; the time it took is checked."""
    begun = time.monotonic()
    code, message = None, "。"
    try:
        parse_document(name, data)
    except errors.DocumentError as refusal:
        code, message = refusal.code, refusal.message
    assert time.monotonic() - begun < SECONDS + 2
    assert message.endswith("。")
    assert "\n" not in message
    return code


@pytest.mark.parametrize("case", hostile_papers.FILES)
def test_documents(young, case):
    name, make, codes = hostile_papers.FILES[case]
    code = young(within_bounds, name, make())
    assert code in codes if codes else code is None


@pytest.mark.parametrize("case", hostile.FILES)
def test_workbooks(young, case):
    young(within_bounds, "a.xlsx", hostile.FILES[case][0]())
