import subprocess
import sys
from contextlib import contextmanager

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


WRITING = """
import os, signal, sys
from pathlib import Path
from bridges.excel import disk
disk.os.fsync = lambda _: (print(flush=True), {at_the_end})
disk.write_atomically(Path(sys.argv[1]), b"x")
"""


@contextmanager
def writer(file, at_the_end):
    """A process that has written all of the new file and not yet put it in place."""
    command = [sys.executable, "-c", WRITING.format(at_the_end=at_the_end), file]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process
        process.kill()


def test_what_a_dead_process_left_is_removed_and_what_a_live_one_writes_is_not(file):
    def left():
        return len(list(file.parent.glob(".zwgk-*")))

    with writer(file, "sys.stdin.read()"):
        with writer(file, "os.kill(os.getpid(), signal.SIGKILL)") as dead:
            dead.wait()
        assert left() == 2
        write_atomically(file.with_name("another.xlsx"), b"new")
        assert left() == 2
        write_atomically(file, b"new")
        assert left() == 1
    write_atomically(file, b"newer")
    assert left() == 0


def test_a_missing_file_or_folder(tmp_path):
    with pytest.raises(FileUnreadable, match="文件或文件夹不存在"):
        read_workbook(tmp_path / "none.xlsx")
    with pytest.raises(FileUnreadable, match="这是一个文件夹"):
        read_workbook(tmp_path)
    with pytest.raises(FileUnreadable):
        write_atomically(tmp_path / "none" / "a.xlsx", b"")
