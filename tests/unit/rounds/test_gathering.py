"""What was dropped here, found without trusting any of it."""

import os
import zipfile

import pytest

from bridges.rounds import gathering
from bridges.rounds.gathering import Found, Passed, gather

BOOK = "[Content_Types].xml"


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def found(inbox, tmp_path):
    spool = tmp_path / "spool"
    spool.mkdir()

    def run(*paths):
        return {one.label: one for one in gather(paths or (inbox,), spool)}

    return run


def book(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(BOOK, "<x/>")
    return path


def kinds(found):
    return {label: "read" if isinstance(one, Found) else one.harmless for label, one in found.items()}


def test_workbooks_are_told_by_content(inbox, found):
    book(inbox / "no ending")
    (inbox / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (inbox / "t.csv").write_text("a,b")
    (inbox / "letter.docx.txt").write_text("x")
    assert kinds(found()) == {"no ending": "read", "old.xls": "read", "t.csv": "read", "letter.docx.txt": True}


@pytest.mark.parametrize("name", ["~$a.xlsx", ".~lock.a.xlsx#", ".hidden.xlsx", "a.xlsx.bak", "__MACOSX/a.xlsx"])
def test_leavings_are_passed_over(name, inbox, found):
    path = inbox / name
    path.parent.mkdir(exist_ok=True)
    book(path)
    assert kinds(found()) == {name: True}


def test_members_of_a_zip_never_choose_where_they_go(inbox, found, tmp_path):
    with zipfile.ZipFile(inbox / "z.zip", "w") as archive:
        archive.writestr("../../../evil.xlsx", book(tmp_path / "b.xlsx").read_bytes())
        archive.writestr("/abs/evil.xlsx", (tmp_path / "b.xlsx").read_bytes())
    inside = found()
    assert kinds(inside) == {"z.zip/evil.xlsx": "read", "z.zip/abs/evil.xlsx": "read"}
    assert {one.path.parent for one in inside.values()} == {tmp_path / "spool"}
    assert not list(tmp_path.parent.glob("evil*"))


def test_what_unpacks_too_large_is_not_read(inbox, found, monkeypatch, tmp_path):
    monkeypatch.setattr(gathering, "LARGEST_FILE", 2**20)
    with zipfile.ZipFile(inbox / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.xlsx", bytes(2**23))
        archive.writestr("good.xlsx", book(tmp_path / "b.xlsx").read_bytes())
    assert kinds(found()) == {"z.zip/bomb.xlsx": False, "z.zip/good.xlsx": "read"}


def test_one_run_has_its_limits(inbox, found, monkeypatch, tmp_path):
    for number in range(4):
        book(inbox / f"{number}.xlsx")
    monkeypatch.setattr(gathering, "MOST_FILES", 3)
    assert kinds(found()) == {"0.xlsx": "read", "1.xlsx": "read", "2.xlsx": "read", "3.xlsx": False}


def test_a_list_of_members_that_is_too_long_is_not_even_read(inbox, found, monkeypatch):
    monkeypatch.setattr(gathering, "LARGEST_DIRECTORY", 1000)
    with zipfile.ZipFile(inbox / "z.zip", "w") as archive:
        for number in range(40):
            archive.writestr(f"{number}.xlsx", b"")
    assert kinds(found()) == {"z.zip": False}


def test_damaged_and_locked_zips_are_said(inbox, found):
    with zipfile.ZipFile(inbox / "z.zip", "w") as archive:
        archive.writestr("a.xlsx", b"x" * 100)
        archive.writestr("b.xlsx", b"y" * 100)
    content = (inbox / "z.zip").read_bytes()
    locked = content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00", 1)
    (inbox / "z.zip").write_bytes(locked.replace(b"y" * 50, b"z" * 50))
    inside = found()
    assert kinds(inside) == {"z.zip/a.xlsx": False, "z.zip/b.xlsx": False}
    assert [one.why for one in inside.values()] == ["压缩包设有密码，请解压后再汇总", "压缩包中的这个文件已损坏"]


def test_what_is_no_file_is_not_opened(inbox, found):
    os.mkfifo(inbox / "pipe.xlsx")
    (inbox / "gone.xlsx").symlink_to(inbox / "nowhere")
    inside = found()
    assert {label: type(one) for label, one in inside.items()} == {"pipe.xlsx": Passed, "gone.xlsx": Passed}
