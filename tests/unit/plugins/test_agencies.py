"""The built-in plugins: what each must hold, and what makes each agency different."""

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest

from bridges.store.plan_table import plan_table
from core.agencies import COLUMNS
from core.app import DEFAULT_PLUGINS
from core.plans.models import Plan
from core.plugin_manager import PluginManager
from core.units.directory import Directory

MANAGER = PluginManager.load(DEFAULT_PLUGINS, entry_points=False)
KEYS = [entry.key for entry in MANAGER.catalogue()]
AGENCIES = [key for key in KEYS if key != "openness"]


@pytest.mark.parametrize("key", AGENCIES)
def test_every_metric_counts_over_a_template_that_the_tenant_has(key):
    known = {template.key for template in MANAGER.task_templates([key])} | {""}
    assert {metric.template for metric in MANAGER.metrics([key])} <= known


@pytest.mark.parametrize("key", AGENCIES)
def test_every_metric_says_in_words_how_it_is_counted(key):
    for metric in MANAGER.metrics([key]):
        assert metric.title
        assert metric.formula
        assert metric.unit


@pytest.mark.parametrize("key", KEYS)
def test_every_template_asks_for_evidence(key):
    assert all(template.evidence and template.title for template in MANAGER.task_templates([key]))


@pytest.mark.parametrize("key", AGENCIES)
def test_unit_names_mean_one_thing_and_members_stand_before_their_group(key):
    seen: list[str] = []
    for group in MANAGER.unit_groups([key]):
        assert set(group.members) <= set(seen), group.name
        seen += [group.name, *group.aliases]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("key", AGENCIES)
def test_rules_are_on_templates_that_the_tenant_has_and_titles_tell_these_apart(key):
    titles = {template.key: template.title for template in MANAGER.task_templates([key])}
    assert len(set(titles.values())) == len(titles)
    assert {rule.template for rule in MANAGER.rules([key])} <= titles.keys()
    assert MANAGER.rules([key])


@pytest.mark.parametrize("key", AGENCIES)
def test_an_agency_is_declared_not_programmed(key):
    folder = Path(import_module(f"plugins.{key}").__path__[0])
    for source in folder.glob("*.py"):
        nodes = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        assert not [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If | ast.For)]


def test_layouts_name_the_columns_that_sheets_have():
    table = plan_table(Plan(id=1, title="要点", year=2024), Directory([], []))
    assert [column.key for column in table.columns] == list(COLUMNS)


@pytest.mark.parametrize("key", KEYS)
def test_a_plugin_imports_the_sdk_the_shared_plugin_and_the_standard_library(key):
    allowed = {"core.sdk", f"plugins.{key}", "plugins.openness"}
    folder = Path(import_module(f"plugins.{key}").__path__[0])
    for source in folder.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names or ".".join(name.split(".")[:2]) in allowed


@pytest.mark.parametrize(
    ("key", "kind", "year", "units", "metrics"),
    [
        (
            "cooperation_office",
            "department",
            2024,
            {"各处室", "相关处室", "对口支援处"},
            {"attendance": "年内不少于4次", "linked_reading": "12月31日前全部完成", "opinion_limit": ""},
        ),
        (
            "jiading",
            "district",
            2023,
            {"区政府各部门", "各街镇", "马陆镇", "区教育局"},
            {
                "district_attendance": "年内不少于4次",
                "unit_attendance": "各单位年内不少于1次",
                "decision_catalogue": "3月31日前全部完成",
                "open_month": "8月31日前全部完成",
                "opinion_limit": "",
            },
        ),
        (
            "economy_informatization",
            "department",
            2020,
            {"办公室", "各处室", "长宁区政府"},
            {
                "standard_catalogue": "各节点按期完成",
                "datasets": "年内不少于5000个",
                "monthly_release": "100%",
                "disclosure_catalogue": "6月30日前全部完成",
                "year_end_report": "12月20日前全部完成",
                "entry_limit": "",
            },
        ),
        (
            "transport",
            "department",
            2024,
            {"委办公室", "委机关各处室", "政策制定机关"},
            {
                "linked_reading": "12月31日前全部完成",
                "open_month": "8月31日前全部完成",
                "attendance": "由办公室确定",
            },
        ),
        (
            "defense_mobilization",
            "department",
            2024,
            {"起草部门", "民防协会", "信息中心"},
            {
                "reply_limits": "",
                "hearing": "12月31日前全部完成",
                "linked_reading": "12月31日前全部完成",
                "open_month": "8月31日前全部完成",
                "attendance": "由办公室确定",
            },
        ),
    ],
)
def test_what_makes_each_agency_different(key, kind, year, units, metrics):
    agency = MANAGER.agency([key])[key]
    assert (agency.kind, agency.year) == (kind, year)
    assert units <= {group.name for group in MANAGER.unit_groups([key])}
    own = {m.key.removeprefix(f"{key}."): m.target for m in MANAGER.metrics([key]) if m.key.startswith(key)}
    assert own == metrics


def test_kinds_of_units_that_are_no_office_of_the_agency():
    kinds = {group.name: group.kind for group in MANAGER.unit_groups(["defense_mobilization"])}
    assert (kinds["起草部门"], kinds["民防协会"], kinds["相关业务部门"]) == ("role", "outside", "group")


def test_the_district_has_twelve_towns():
    groups = {group.name: group for group in MANAGER.unit_groups(["jiading"])}
    assert len(groups["各街镇"].members) == 12
    assert groups["区教育局"].aliases == ("区教委",)
