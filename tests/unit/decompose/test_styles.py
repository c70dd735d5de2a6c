"""The house styles: a small document of each with its truth, exact in every column."""

from pathlib import Path

import pytest

from core.decompose.decompose import decompose
from tests.support.truths import compare, read_truth, rows_of

FOLDER = Path(__file__).parents[2] / "corpus" / "styles"
STYLES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def test_every_style_has_a_document():
    assert set("abcdefghijklmn") <= {style[0] for style in STYLES}


@pytest.mark.parametrize("style", STYLES)
def test_exact_in_every_column(style):
    draft = decompose((FOLDER / f"{style}.txt").read_text("utf-8"))
    _, differences = compare(read_truth(FOLDER / f"{style}.truth"), rows_of(draft))
    assert differences == []
