"""docs/architecture.md names what there is, and nothing else."""

import re

import pytest

from tests.docs.pages import PACKAGES, ROOT, read

PAGE = read("docs/architecture.md")
NAMED = {
    name
    for name in re.findall(r"`([^`\n]+)`", PAGE.prose)
    if re.fullmatch(r"[\w./-]*(/|\.(py|md|cfg|toml|lock))", name)
}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_what_is_named_exists(name):
    assert (ROOT / name).exists()


def folders():
    for package in PACKAGES:
        found = [path for path in (ROOT / package).rglob("*") if path.is_dir() and path.name != "__pycache__"]
        yield from (f"{path.relative_to(ROOT)}/" for path in found if any(path.iterdir()))
    yield from (
        f"tests/{path.name}/" for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("*.py"))
    )


def test_every_folder_is_named():
    assert [name for name in sorted(folders()) if name not in NAMED] == []


def test_every_module_at_the_top_of_a_package_is_named():
    found = (path for package in PACKAGES for path in (ROOT / package).glob("*.py") if path.name != "__init__.py")
    assert [name for name in sorted(str(path.relative_to(ROOT)) for path in found) if name not in NAMED] == []
