"""Every hostile file ends in one sentence or is read as what it is; the process that asked goes on as before."""

import time

import pytest

from bridges.excel.errors import WorkbookRefused
from bridges.excel.patch import Edit, patch
from bridges.excel.reader import read_grids
from bridges.excel.sandbox import close_workers
from tests.support.apart import apart, most_memory
from tests.support.hostile import FILES, FORMULAS, book

MOST_MEMORY, SECONDS = 512 * 2**20, 30


@pytest.fixture(scope="module")
def young():
    """Whoever reads; at the end nothing that it started took more memory than it may."""
    with apart() as call:
        yield call
        call(close_workers)
        assert 2**24 < call(most_memory) < MOST_MEMORY


def outcome(source):
    """The names of the sheets, or code and sentence of the refusal; and the process that asked reads on."""
    try:
        found = list(read_grids(source))
    except WorkbookRefused as refusal:
        found = refusal.code, refusal.message
    assert read_grids(book())["表"].cell(1, 1) == 1
    return found


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_one_sentence_or_read(young, name):
    make, codes = FILES[name]
    source = make()
    began = time.monotonic()
    found = young(outcome, source)
    assert time.monotonic() - began < SECONDS
    if codes:
        code, message = found
        assert code in codes
        assert message.endswith("。")
        assert message.count("。") == 1
        assert "{" not in message
    else:
        assert found == ["表"]


def test_values_are_those_of_the_file():
    assert read_grids(FILES["a dimension too small"][0]())["表"].cell(1, 1) == 1
    looks = read_grids(FILES["text that looks like a formula"][0]())["表"]
    assert tuple(looks.cell(n, 1) for n in range(1, 6)) == FORMULAS
    assert not looks.scan.formulas
    odd = read_grids(FILES["numbers that are none"][0]())["表"]
    assert all(isinstance(odd.cell(n, 1), str) for n in (1, 2, 3))


@pytest.mark.parametrize("name", ["cells that do not end", "comments that do not end"])
def test_the_writer_refuses_them_too_and_quickly(name):
    began = time.monotonic()
    with pytest.raises(WorkbookRefused):
        patch(FILES[name][0](), [Edit("表", "B1", "x")])
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("name", ["5 million cells", "5 million empty cells"])
def test_too_many_cells_are_counted_before_anything_is_made_of_them(young, name):
    assert "单元格数" in young(outcome, FILES[name][0]())[1]
