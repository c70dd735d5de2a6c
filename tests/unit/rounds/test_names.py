"""File names made from whatever a unit is called."""

import pytest

from bridges.rounds.names import file_names, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("法规处", "法规处"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("县（市、区）", "县（市、区）"),
        ("a/b\\c:d*e?f", "a_b_c_d_e_f"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("~$锁", "锁"),
        ("  . ", "_"),
        ("甲\n乙\u202e丙", "甲_乙_丙"),
    ],
)
def test_a_name_is_one_plain_part_of_a_path(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize("letter", ["x", "处", "\U00020000", "e\u0301"])
def test_a_long_name_fits_into_every_file_system(letter):
    assert len(f".{safe_name(letter * 300)}-12.xlsx.partial".encode()) < 240


def test_no_two_are_alike():
    files = file_names(["甲", "甲", "a", "A", "下发清单"], ".xlsx", ("下发清单.xlsx",))
    assert files == ["甲.xlsx", "甲-2.xlsx", "a.xlsx", "A-2.xlsx", "下发清单-2.xlsx"]
