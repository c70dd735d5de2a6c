"""The sixth agency of docs/plugins.md, installed and run as it stands there."""

import re
import shlex
import sys
import tomllib

import pytest

from tests.docs.pages import Page, read

SECTION = re.search(r"^## A sixth agency\n(.*?)^## ", read("docs/plugins.md").text, re.M | re.S)[1]
PAGE = Page(read("docs/plugins.md").path, SECTION)
(PROJECT,), (MODULE,), (DOCUMENT,), (TALK,) = map(PAGE.blocks, ("toml", "python", "text", "console"))


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The package as pip would leave it, found by its entry point."""
    project = tomllib.loads(PROJECT)["project"]
    (tmp_path / "parks_plugin.py").write_text(MODULE, encoding="utf-8")
    info = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    points = [f"{key} = {target}" for key, target in project["entry-points"]["zwgk.plugins"].items()]
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text("\n".join(["[zwgk.plugins]", *points, ""]), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2026.txt").write_text(DOCUMENT, encoding="utf-8")
    yield
    sys.modules.pop("parks_plugin", None)


def test_the_commands_say_what_the_page_says(installed, cli):
    for exchange in TALK.split("$ zwgk ")[1:]:
        command, _, said = exchange.partition("\n")
        assert cli.ok(*shlex.split(command)) == said


def test_its_figures_follow_from_its_rules(installed, cli, add_tenant):
    add_tenant("parks", plugin="parks")
    cli.ok("plan", "import", "--tenant", "parks", "2026.txt")
    found = {figure["key"]: figure for figure in cli.json("metrics", "--tenant", "parks")}
    assert {key for key in found if key.startswith("parks.")} == {
        *("parks.old_trees", "parks.visits", "parks.decision_catalogue", "parks.felling"),
    }
    assert found["parks.felling"]["value"] == 1
    shown = cli.json("plugin", "show", "parks")
    assert (shown["name"], shown["words"], len(shown["units"])) == ("示例市园林绿化局", {"unit": "责任科室"}, 7)


def test_the_page_says_how_many_lines_it_takes():
    lines = [line for line in (PROJECT + MODULE).splitlines() if line.strip()]
    assert f"{len(lines)} lines" in SECTION
