"""Every hostile file ends in one sentence or is read as what it is; the process that asked goes on as before."""

import resource
import time

import pytest

from bridges.excel.errors import WorkbookRefused
from bridges.excel.patch import Edit, patch
from bridges.excel.reader import read_grids
from bridges.excel.sandbox import close_workers
from tests.support.hostile import FILES, FORMULAS, book

MEGABYTES, SECONDS = 512, 30


@pytest.fixture(scope="module", autouse=True)
def _memory_of_all_of_them():
    yield
    close_workers()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 < MEGABYTES


def outcome(source):
    """The names of the sheets, or the refusal."""
    try:
        return list(read_grids(source))
    except WorkbookRefused as refusal:
        return refusal


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_one_sentence_or_read(name):
    make, codes = FILES[name]
    source = make()
    began = time.monotonic()
    found = outcome(source)
    assert time.monotonic() - began < SECONDS
    if codes:
        assert found.code in codes
        assert found.message.endswith("。")
        assert found.message.count("。") == 1
        assert "{" not in found.message
    else:
        assert found == ["表"]
    assert read_grids(book())["表"].cell(1, 1) == 1


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
def test_too_many_cells_are_counted_before_anything_is_made_of_them(name):
    assert "单元格数" in outcome(FILES[name][0]()).message
