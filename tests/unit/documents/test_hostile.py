"""Files made to hurt: one sentence or their text, within 512 MB and 30 seconds, and nothing of the process is left."""

import resource
import time

import pytest

from core.documents import errors
from core.documents.reader import SECONDS, parse_document
from core.documents.worker import MEMORY
from tests.support import hostile, hostile_papers

MOST_MEMORY = 512 * 2**20


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
def test_documents(case):
    name, make, codes = hostile_papers.FILES[case]
    code = within_bounds(name, make())
    assert code in codes if codes else code is None


@pytest.mark.parametrize("case", hostile.FILES)
def test_workbooks(case):
    within_bounds("a.xlsx", hostile.FILES[case][0]())


def test_no_process_took_more_memory_than_it_may():
    """Of all that were started until now, by the tests above as well."""
    assert MEMORY < MOST_MEMORY
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MOST_MEMORY
