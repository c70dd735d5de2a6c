"""`zwgk demo` as a person starts it: a process of its own, in an empty folder, then the page in a real browser."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--virtual-time-budget=5000"),
)


@pytest.fixture
def folder(tmp_path_factory):
    """A folder that the server's account may enter when root runs the tests."""
    folder = tmp_path_factory.mktemp("demo")
    for part in (folder, *folder.parents):
        if part == Path(part.anchor) or not str(part).startswith(str(tmp_path_factory.getbasetemp().parents[0])):
            break
        part.chmod(part.stat().st_mode | 0o011)
    return folder


def start(folder, *options):
    outside = {"DATABASE_URL", "ZWGK_OWNER_URL", "ZWGK_MAINT_URL", "ZWGK_HOME"}
    environ = {name: value for name, value in os.environ.items() if name not in outside}
    command = [sys.executable, "-m", "core.cli", "demo", *options]
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environ | {"PYTHONPATH": root, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.timeout(300)
def test_once_prints_the_whole_story(folder):
    with start(folder, "--once") as demo:
        told = demo.communicate()[0]
    assert demo.returncode == 0, told
    assert len(re.findall(r"^已开通租户", told, re.M)) == 5
    assert len(list((folder / "demo").glob("*任务分解表.xlsx"))) == 5
    for word in ("需要人工处理", "收入系统", "写入表格", "冲突，待处理", "未能识别", "一个字节也没有变", "演示完成"):
        assert word in told
    assert told.count("任务按时完成率") >= 2


@pytest.mark.timeout(300)
def test_the_page_is_served_and_ends_with_the_demo(folder):
    with start(folder, "--port", "0") as demo:
        try:
            address = next(found[1] for line in demo.stdout if (found := re.search(r"(http://[^/]+/)", line)))
            page = fetch(f"{address}t/hezuo/")
            assert "公开重大决策目录" in page
            assert "待处理的冲突" in page
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{address}t/nobody/")
            if BROWSER:
                assert "最近的同步" in seen_by_browser(f"{address}t/hezuo/", folder)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=60)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address)


def fetch(address):
    """The page, as soon as the worker answers."""
    for attempt in range(200):
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            if attempt == 199:
                raise
            subprocess.run([sys.executable, "-c", ""], check=True)  # some milliseconds, without sleeping
    return ""


def seen_by_browser(address, folder):
    """What a browser makes of the page; everything that it complains of is an error."""
    command = [
        BROWSER,
        *QUIET,
        "--enable-logging=stderr",
        f"--user-data-dir={folder / 'chromium'}",
        "--dump-dom",
        address,
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    complaints = [line for line in ended.stderr.splitlines() if "CONSOLE" in line]
    assert complaints == []
    return ended.stdout
