"""The shape of the code, as docs/architecture.md promises it."""

import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from core.app import DEFAULT_PLUGINS
from tests.docs.pages import PACKAGES, ROOT

MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MIGRATIONS = ROOT / "core/migrations/versions"
MOST_LINES = 400
TEXT = {".py", ".md", ".toml", ".cfg", ".in", ".lock", ".html", ".css", ".txt", ".mako", ".json", ""}
LEFT_BEHIND = {".git", ".venv", ".zwgk", "demo", "__pycache__"}
MACHINE = re.compile(r"(?<![\w.}])/(?:home|root|work|Users|opt)/")
INDEX = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host")
# one sentence that a name and its parameters say as well; the section heading above them says the rest
UNDOCUMENTED = {
    "bridges/sync/messages.py": {"not_added", "proposed", "put_back", "restored", "twin_differs"},
}


def name_of(path):
    return str(path.relative_to(ROOT))


def texts():
    for path in ROOT.rglob("*"):
        parts = set(path.relative_to(ROOT).parts)
        hidden = any(part.endswith(("_cache", ".egg-info")) or part == ".hypothesis" for part in parts)
        if path.is_file() and path.suffix in TEXT and not hidden and not parts & LEFT_BEHIND:
            yield path, path.read_text(encoding="utf-8")


def test_no_file_is_too_long():
    # a migration is a list of statements, and is never edited again
    files = [path for path in MODULES if path.parent != MIGRATIONS]
    long = {name_of(p): n for p in files if (n := p.read_text(encoding="utf-8").count("\n")) > MOST_LINES}
    assert long == {}


def test_importing_a_package_imports_nothing():
    assert [name_of(path) for path in MODULES if path.name == "__init__.py" and path.stat().st_size] == []


def test_every_folder_of_code_is_a_package():
    folders = {path.parent for path in MODULES if path.parent != MIGRATIONS}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_no_file_names_a_path_of_somebodys_machine():
    found = [
        f"{name_of(path)}: {line.strip()}"
        for path, text in texts()
        for line in text.splitlines()
        if MACHINE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").iterdir()), ids=lambda path: path.name)
def test_requirements_name_no_index(path):
    assert not INDEX.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["run.lock", "dev.lock", "bench.lock"])
def test_every_pin_has_a_hash(name):
    pins = re.split(r"\n(?=\S)", (ROOT / "requirements" / name).read_text(encoding="utf-8").strip())
    assert [pin.split()[0] for pin in pins if not pin.startswith("#") and "--hash=sha256:" not in pin] == []


def test_imports_go_down_only():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_import_contracts_know_every_plugin():
    contracts = ConfigParser()
    contracts.read(ROOT / "setup.cfg", encoding="utf-8")
    folders = {f"plugins.{path.parent.name}" for path in (ROOT / "plugins").glob("*/__init__.py")}
    assert set(contracts["importlinter:contract:agencies"]["modules"].split()) == folders - {"plugins.openness"}
    assert {dotted.removesuffix(".plugin") for dotted in DEFAULT_PLUGINS} == folders


def undocumented(tree):
    """Public classes and functions of a module without docstring; a refusal's sentence says what happened."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            fields = [ast.unparse(part.targets[0]) for part in node.body if isinstance(part, ast.Assign)]
            if not ast.get_docstring(node) and "sentence" not in fields:
                yield node.name


@pytest.mark.parametrize("path", [p for p in MODULES if p.stat().st_size and p.parent != MIGRATIONS], ids=name_of)
def test_what_is_public_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert set(undocumented(tree)) == UNDOCUMENTED.get(name_of(path), set())
