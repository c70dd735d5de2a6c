"""The stamp in the sheet: read again, or refused."""

import pytest

from bridges.sync.stamp import Stamp, read_stamp, write_stamp

STAMP = Stamp("binding", "copy", "office", "pass")
KEY = b"key of the tenant"


def test_it_is_read_again() -> None:
    assert read_stamp(f" {write_stamp(STAMP, KEY)} ", KEY) == STAMP


@pytest.mark.parametrize(
    "text",
    [
        "",
        "编号",
        "zwgk1",
        write_stamp(STAMP, b"key of another tenant"),
        write_stamp(STAMP, KEY).replace("pass", "pas2"),
        write_stamp(STAMP, KEY).replace("office", "甲"),
        write_stamp(STAMP, KEY).replace("zwgk1", "zwgk2"),
        write_stamp(STAMP, KEY)[:-1],
        write_stamp(STAMP, KEY) + "改",
        "zwgk1 \ud800 copy office pass 签名",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert read_stamp(text, KEY) is None
