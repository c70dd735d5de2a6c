import pytest

from bridges.excel.disk import fingerprint, read_workbook, replace_workbook, write_atomically
from bridges.excel.errors import FileChanged, FileLocked, FileUnreadable


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "任务分解表.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


def test_replace_keeps_permissions_and_the_original(file):
    replace_workbook(file, b"new", fingerprint(b"old"))
    assert file.read_bytes() == b"new"
    assert file.with_name(file.name + ".bak").read_bytes() == b"old"
    assert file.stat().st_mode & 0o777 == 0o640
    assert len(list(file.parent.iterdir())) == 2


def test_a_changed_file_is_left_alone(file):
    with pytest.raises(FileChanged):
        replace_workbook(file, b"new", fingerprint(b"another"))
    assert [path.read_bytes() for path in file.parent.iterdir()] == [b"old"]


@pytest.mark.parametrize("lock", ["~$任务分解表.xlsx", "~$分解表.xlsx", ".~lock.任务分解表.xlsx#"])
def test_a_file_that_is_open_elsewhere_is_left_alone(file, lock):
    file.with_name(lock).touch()
    with pytest.raises(FileLocked):
        replace_workbook(file, b"new", fingerprint(b"old"))
    assert file.read_bytes() == b"old"


def test_a_read_only_file_is_left_alone(file):
    file.chmod(0o440)
    with pytest.raises(FileLocked):
        replace_workbook(file, b"new", fingerprint(b"old"))


def test_a_missing_file_or_folder(tmp_path):
    with pytest.raises(FileUnreadable):
        read_workbook(tmp_path / "none.xlsx")
    with pytest.raises(FileUnreadable):
        write_atomically(tmp_path / "none" / "a.xlsx", b"")
