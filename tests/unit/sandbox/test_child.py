"""Work in another process: what it may take, and that nothing of it stays."""

import os
import sys
import time

import pytest

from core.sandbox.child import ChildDied, ChildLate, run_child
from core.sandbox.limits import limited

MEBIBYTE = 2**20


def python(code):
    return [sys.executable, "-c", f"from core.sandbox.limits import Limits\n{code}"]


def test_work_goes_in_and_an_answer_comes_out():
    assert run_child(["cat"], b"x" * MEBIBYTE, 10) == b"x" * MEBIBYTE


def test_another_status_than_0_is_a_death():
    with pytest.raises(ChildDied):
        run_child(["false"], b"", 10)


def test_a_program_that_is_not_there():
    with pytest.raises(OSError, match="no-such-program"):
        run_child(["no-such-program"], b"", 10)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")
@pytest.mark.parametrize("ending", ["wait", "exec >&- 2>&-; exit 0"])
def test_what_it_started_ends_with_it(tmp_path, ending):
    noted = tmp_path / "pid"
    command = ["sh", "-c", f"sleep 600 >/dev/null 2>&1 & echo $! > {noted}; {ending}"]
    begun = time.monotonic()
    if ending == "wait":
        with pytest.raises(ChildLate):
            run_child(command, b"", 1)
    else:
        run_child(command, b"", 60)
    assert time.monotonic() - begun < 30
    pid = int(noted.read_text())
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        pass
    assert not alive(pid)


def test_memory_has_an_end():
    assert run_child(python(f"Limits({64 * MEBIBYTE}, 9); x = bytes({32 * MEBIBYTE}); print(1)"), b"", 20) == b"1\n"
    with pytest.raises(ChildDied):
        run_child(python(f"Limits({64 * MEBIBYTE}, 9); x = bytes({128 * MEBIBYTE})"), b"", 20)


def test_processor_time_has_an_end_for_each_file():
    used = "import time\ndef use(s):\n  e = time.process_time() + s\n  while time.process_time() < e: pass\n"
    both = f"{used}limits = Limits({64 * MEBIBYTE}, 1); use(0.7); limits.begin(); use(0.7)"
    run_child(python(both), b"", 30)
    with pytest.raises(ChildDied):
        run_child(python(f"{used}Limits({64 * MEBIBYTE}, 1); use(20)"), b"", 30)


def test_no_file_can_be_opened_any_more():
    with pytest.raises(ChildDied):
        run_child(python(f"Limits({64 * MEBIBYTE}, 9); open('/dev/null')"), b"", 20)
    run_child(python(f"Limits({64 * MEBIBYTE}, 9, files=9); open('/dev/null')"), b"", 20)


def test_another_program_under_limits(tmp_path):
    big = tmp_path / "big"
    command = ["sh", "-c", f"head -c 3000000 /dev/zero > {big}"]
    with pytest.raises(ChildDied):
        run_child(limited(command, 100 * MEBIBYTE, 9, 2 * MEBIBYTE), b"", 20)
    assert big.stat().st_size == 2 * MEBIBYTE
