"""What is no whole backup of this version is refused in one sentence, and leaves everything as it was."""

import gc
import json
import shutil
import stat
import zipfile

import pytest

from core.backup.archive import MANIFEST, opened, writing
from core.backup.errors import (
    BackupDamaged,
    BackupExists,
    BackupNotWritten,
    BackupVersion,
)
from core.plugin_manager import PluginUnknown
from tenants.services import SlugInvalid, TenantExists
from tests.integration.backup.conftest import rewritten
from tests.support.database import contents


def _truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flipped(path):
    """In the middle of a member: not every bit of what stands around it means something."""
    with zipfile.ZipFile(path) as packed:
        info = packed.getinfo("unit.jsonl")
    content = bytearray(path.read_bytes())
    content[info.header_offset + zipfile.sizeFileHeader + len(info.filename) + info.compress_size // 2] ^= 1
    path.write_bytes(content)


def _without(name):
    def change(path):
        _again(path, lambda info, content: None if info.filename == name else content)

    return change


def _other_content(path):
    _again(
        path, lambda info, content: content.replace(b"SECRET", b"secret") if info.filename == "unit.jsonl" else content
    )


def _one_more(path):
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("more.jsonl", "{}")


def _twice(path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as packed:
        packed.writestr("unit.jsonl", "{}")


def _says_little(path):
    """A member that claims to be small, and would go on for long."""
    _again(path, lambda info, content: content + b"\n" * 10**6 if info.filename == "unit.jsonl" else content)


def _bomb(path):
    def claim(info, content):
        if info.filename == MANIFEST:
            said = json.loads(content)
            for member in said["members"]:
                member["size"] = 2**31
            return json.dumps(said).encode()
        return content

    _again(path, claim, size=2**31)


def _again(path, change, size=None):
    """Pack the zip anew. `size`: what it says of its files, whatever they have."""
    old = shutil.copy(path, path.with_suffix(".old"))
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for info in source.infolist():
            if (content := change(info, source.read(info))) is not None:
                packed.writestr(info.filename, content)
        for info in packed.infolist():
            if size is not None and info.filename != MANIFEST:
                info.file_size = size


def test_what_was_not_written_leaves_nothing_open(tmp_path):
    def fails():
        with writing(tmp_path / "a.zip") as writer:
            writer.add("one", iter([b"1"]))
            raise BackupDamaged(path="", why="")

    with pytest.raises(BackupDamaged):
        fails()
    gc.collect()  # what a zip says when it is forgotten is an error here
    assert list(tmp_path.iterdir()) == []


DAMAGES = {
    "truncated": _truncated,
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("不是 zip"),
    "a bit": _flipped,
    "no manifest": _without(MANIFEST),
    "a table is missing": _without("unit.jsonl"),
    "another content": _other_content,
    "one more file": _one_more,
    "a file twice": _twice,
    "more than it says": _says_little,
    "a bomb": _bomb,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_refused(site, backup, damage):
    before = contents(site.urls)
    damage(backup)
    with pytest.raises(BackupDamaged):
        site.restore(backup, "c")
    assert contents(site.urls) == before


def _line(table, change):
    return lambda name, lines: [change(line) for line in lines] if name == f"{table}.jsonl" else lines


FORGED = {
    "no JSON": _line("unit", lambda line: b"{\n"),
    "an array": _line("unit", lambda line: b"[]\n"),
    "two rows in a line": _line("unit", lambda line: line.strip() + b"," + line),
    "a column of its own": _line("unit", lambda line: line.replace(b'{"id"', b'{"tenant_id":1,"id"')),
    "no id": _line("unit", lambda line: line.replace(b'"id"', b'"kind"', 1)),
    "ids that would use up all others": _line(
        "unit", lambda line: line.replace(b'{"id":', b'{"id":9000000000000000', 1)
    ),
    "a number that would": _line("change", lambda line: line.replace(b'"txn":', b'"txn":9000000000000000', 1)),
    "a word that the database refuses": _line("plan", lambda line: line.replace(b'"draft"', b'"gone"')),
    "a key that leads nowhere": _line("task", lambda line: line.replace(b'"plan_id":', b'"plan_id":9')),
    "a character that no text has": _line("unit", lambda line: line.replace(b"SECRET", b"\\u0000")),
    "an account that is not in it": lambda name, lines: [] if name == "accounts.jsonl" else lines,
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_file_whose_rows_cannot_be_is_refused(site, backup, tmp_path, change):
    """Whole in itself: what is wrong shows in its rows, at the latest to the database."""
    before = contents(site.urls)
    with pytest.raises(BackupDamaged):
        site.restore(rewritten(backup, tmp_path / "forged.zip", change), "c")
    assert contents(site.urls) == before


def test_another_schema_is_refused(site, backup, tmp_path):
    with pytest.raises(BackupVersion, match="0001"):
        site.restore(rewritten(backup, tmp_path / "old.zip", lambda _n, lines: lines, schema="0001"), "c")


def test_another_format_is_refused(site, backup):
    _again(backup, lambda info, content: content.replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(BackupVersion):
        site.restore(backup, "c")


def test_a_plugin_that_is_not_here_is_refused(site, backup, tmp_path):
    with opened(backup) as archive:
        about = archive.manifest.about
    told = about | {"tenant": about["tenant"] | {"plugins": ["nowhere"]}}
    with pytest.raises(PluginUnknown):
        site.restore(rewritten(backup, tmp_path / "b.zip", lambda _n, lines: lines, about=told), "c")


def test_a_name_that_is_taken_or_none_is_refused(site, backup):
    before = contents(site.urls)
    with pytest.raises(TenantExists):
        site.restore(backup)
    with pytest.raises(SlugInvalid):
        site.restore(backup, "不行")
    assert contents(site.urls) == before


def test_it_is_its_owners_and_over_no_other_file(site, backup, tmp_path):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    before = backup.read_bytes()
    with pytest.raises(BackupExists):
        site.export("a", backup)
    with pytest.raises(BackupNotWritten):
        site.export("a", tmp_path / "nowhere" / "a.zip")
    assert backup.read_bytes() == before
    assert list(tmp_path.iterdir()) == [backup]


def test_a_name_that_is_taken_meanwhile_is_left_alone(site, tmp_path):
    out = tmp_path / "a.zip"
    with pytest.raises(BackupExists):
        site.export("a", out, lambda *_: out.write_text("ours"))
    assert (out.read_text(), list(tmp_path.iterdir())) == ("ours", [out])
