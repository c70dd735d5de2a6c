"""Templates on the agencies' real documents: what carries a metric is recognised, and nothing else feeds it."""

import os
from pathlib import Path

import pytest

from core.app import DEFAULT_PLUGINS
from core.comparing.rules import compare_rules
from core.decompose.decompose import decompose
from core.plans.compared import Reading, draft_side
from core.plans.templates import match_templates
from core.plugin_manager import PluginManager
from core.units.directory import Directory

CORPUS = os.environ.get("ZWGK_CORPUS")
pytestmark = pytest.mark.skipif(not CORPUS, reason="ZWGK_CORPUS names no corpus")

EXPECTED = {
    "cooperation_office": {
        "openness.attendance": ["三(十)#2", "三(十)#3"],
        "openness.linked_reading": ["四(十一)"],
        "cooperation_office.relay": ["三(八)#2"],
        "cooperation_office.decision_opinions": ["三(十)#3"],
    },
    "jiading": {
        "openness.attendance": ["七(一)", "七(二)"],
        "openness.decision_catalogue": ["七(二)"],
        "openness.open_month": ["七(四)"],
        "openness.hearing": ["九(一)"],
        "openness.training": ["九(二)"],
    },
    "economy_informatization": {
        "economy_informatization.standard_catalogue": ["四(一)"],
        "economy_informatization.disclosure_catalogue": ["二(四)"],
        "economy_informatization.datasets": ["表(2)"],
        "economy_informatization.monthly_release": ["表(4)", "表(5)"],
        "economy_informatization.year_end_report": ["六#2"],
    },
    "transport": {
        "openness.linked_reading": ["二(五)"],
        "openness.open_month": ["四(三)"],
        "openness.attendance": ["四(二)"],
        "transport.push_channels": ["二(三)"],
        "transport.forwarded_messages": ["四(四)"],
    },
    "defense_mobilization": {
        "openness.linked_reading": ["一(一是)"],
        "openness.open_month": ["四(三是)"],
        "openness.hearing": ["五(二是)"],
        "openness.attendance": ["四(一是)"],
        "defense_mobilization.message_replies": ["四(二是)"],
        "defense_mobilization.secrecy_gate": ["三(一是)"],
    },
}


@pytest.mark.parametrize(("number", "key"), list(enumerate(EXPECTED)))
def test_templates_are_recognised_where_they_should_be(number, key):
    (document,) = Path(CORPUS).glob(f"00{number}_*.txt")
    templates = PluginManager.load(DEFAULT_PLUGINS, entry_points=False).task_templates([key])
    found: dict[str, list[str]] = {}
    for task in decompose(document.read_text(encoding="utf-8")).tasks:
        for match in match_templates(task.text, templates):
            found.setdefault(match.template, []).append(task.no)
    assert {template: found.get(template) for template in EXPECTED[key]} == EXPECTED[key]
    own = {template.key for template in templates if template.key.startswith(f"{key}.")}
    assert own <= found.keys(), "a template of the agency that its own document does not hold"


@pytest.mark.parametrize(("number", "key"), list(enumerate(EXPECTED)))
def test_an_agencys_own_document_says_what_its_rules_ask(number, key):
    """The rules were declared from these documents: each is read there by our own grammar, number and day."""
    (document,) = Path(CORPUS).glob(f"00{number}_*.txt")
    manager = PluginManager.load(DEFAULT_PLUGINS, entry_points=False)
    templates = manager.task_templates([key])
    draft = decompose(document.read_text(encoding="utf-8"))
    year = manager.agency([key])[key].year
    assert draft.meta.year == year
    side = draft_side(draft, "", year, Reading(templates, Directory([], []), year))
    rows = compare_rules(manager.rules([key]), side, {template.key: template.title for template in templates})
    assert [(row.rule.key, row.state) for row in rows if row.state != "said"] == []


@pytest.mark.parametrize(("number", "key"), list(enumerate(EXPECTED)))
def test_the_plugin_knows_every_unit_that_its_document_names(number, key):
    (document,) = Path(CORPUS).glob(f"00{number}_*.txt")
    manager = PluginManager.load(DEFAULT_PLUGINS, entry_points=False)
    known = {name for unit in manager.unit_groups([key]) for name in (unit.name, *unit.aliases)}
    named = {name for task in decompose(document.read_text(encoding="utf-8")).tasks for name in task.all_units}
    assert named - known == set()
