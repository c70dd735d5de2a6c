"""docs/decisions/0005-dependencies.md lists what is installed to run zwgk, and no GPL gets into its process."""

import re
from importlib import metadata

import pytest

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs/decisions/0005-dependencies.md").read_text(encoding="utf-8")
LICENCES = dict(re.findall(r"^\| ([a-z][\w-]+) \| (\S.*?) \|", PAGE, re.M))
LICENCES.pop("package")
PINNED = sorted(
    set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements/run.lock").read_text(encoding="utf-8"), re.M))
)
# what packages call a licence, where it is not its SPDX name
FAMILIES = {"BSD": "BSD", "Apache": "Apache", "MIT": "MIT", "Mozilla": "MPL", "PSF": "PSF", "Python Software": "PSF"}


def stated(name):
    found = metadata.metadata(name)
    classified = [line for line in found.get_all("Classifier") or [] if line.startswith("License ::")]
    return " ".join([found["License-Expression"] or "", found["License"] or "", *classified])


def installed(name):
    try:
        return bool(metadata.distribution(name))
    except metadata.PackageNotFoundError:
        return False


def test_the_table_is_the_lock_file():
    assert sorted(LICENCES) == PINNED


@pytest.mark.parametrize("name", [name for name in PINNED if installed(name)])
def test_a_package_says_so_itself(name):
    family = LICENCES[name].split("-")[0]
    said = stated(name)
    assert family in said or any(FAMILIES[word] == family for word in FAMILIES if word in said), said


@pytest.mark.parametrize("name", [name for name in PINNED if installed(name)])
def test_nothing_is_under_the_gpl(name):
    assert not re.search(r"(?<!L)GPL|(?<!Lesser )General Public", stated(name))
