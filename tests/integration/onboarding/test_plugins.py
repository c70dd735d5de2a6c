"""Plugins of a tenant: what a change would do, what is refused, and that nothing is lost by it."""

import pytest
from flask import current_app
from sqlalchemy import select, update

from core.agencies import Agency, SheetLayout, UnitGroup
from core.plans.templates import TaskTemplate
from core.plugin_manager import PluginUnknown
from core.sdk import Plugin
from core.tenant.plugins import PluginIncompatible, PluginInUse, change_plugin
from core.units.services import add_unit, read_directory
from tenants.history import history_of
from tenants.models import Tenant
from tenants.people.tracing import BY_COMMAND
from tenants.services import find_tenant
from tenants.sessions import cross_tenant, platform_session, tenant_session

TREES = Plugin(
    agency=Agency("示例市林业局", "department", 2026, "示例"),
    unit_groups=(UnitGroup("造林处", aliases=("造林科",)), UnitGroup("各林场", "group", members=("东林场",))),
    task_templates=(TaskTemplate("trees.count", "古树名木普查", ("古树+普查",)),),
    sheet_layout=SheetLayout(words={"unit": "责任处室"}),
)


@pytest.fixture
def tenant(app, add_tenant):
    """The tenant `t` with the plugin of jiading; there is a plugin `trees` besides."""
    add_tenant("t", "jiading")
    plugins = current_app.extensions["zwgk_plugins"]
    plugins.register("trees", TREES, "1.0")
    return lambda key, enabled, dry_run=False: change_plugin(plugins, "t", key, enabled, BY_COMMAND, dry_run)


def units():
    with tenant_session("t", "t", "t") as session:
        return set(read_directory(session).names())


def test_a_trial_says_what_would_come_and_changes_nothing(tenant):
    before = units()
    effect = tenant("trees", True, dry_run=True)
    assert (effect.units, effect.templates, effect.columns) == (("造林处", "各林场"), ("古树名木普查",), ("unit",))
    assert effect.plugins == ("jiading", "trees")
    assert (units(), find_tenant("t").plugins) == (before, ["jiading"])


def test_enabling_is_what_the_trial_said_and_leaves_a_trace(tenant):
    before = units()
    foreseen = tenant("trees", True, dry_run=True)
    assert tenant("trees", True) == foreseen
    assert units() - before == {"造林处", "造林科", "各林场", "东林场"}
    assert find_tenant("t").plugins == ["jiading", "trees"]
    with tenant_session("t", "t", "t") as session:
        (change,) = history_of(session, "tenant", session.scope.tenant_id, "plugins")
        assert (change.old, change.new, change.actor) == (["jiading"], ["jiading", "trees"], "platform")
    assert tenant("trees", True).templates == ()  # once more changes nothing


def test_disabled_and_enabled_again_it_is_as_it_was(tenant):
    tenant("trees", True)
    before = units()
    for key in ("jiading", "trees"):
        tenant(key, False)
    assert (find_tenant("t").plugins, units()) == ([], before)
    for key in ("trees", "jiading"):
        assert tenant(key, True).units == ()
    assert (find_tenant("t").plugins, units()) == (["jiading", "trees"], before)


def test_what_tasks_depend_on_is_not_disabled(tenant, cli, tmp_path):
    tenant("trees", True)
    paper = tmp_path / "要点.txt"
    paper.write_text("2026年示例要点\n一、公开\n(一)古树普查。公布古树普查结果。(责任单位:造林处)\n", encoding="utf-8")
    cli.ok("plan", "import", paper, "--tenant", "t")
    with pytest.raises(PluginInUse, match="已有 1 项任务"):
        tenant("trees", False)
    assert find_tenant("t").plugins == ["jiading", "trees"]


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("造林处", "outside", "“造林处”在本租户是外部单位，在插件中是单位"),
        ("造林科", "unit", "“造林处”的别名“造林科”已用于“造林科”"),
        ("东林场", "group", "“各林场”的成员“东林场”在本租户是单位组"),
    ],
)
def test_what_contradicts_the_tenants_units_is_refused(tenant, name, kind, why):
    with tenant_session("t", "t", "t") as session:
        add_unit(session, name, kind)
    for dry_run in (True, False):
        with pytest.raises(PluginIncompatible, match=why):
            tenant("trees", True, dry_run)


def test_what_is_not_there_is_not_disabled(tenant):
    assert tenant("trees", False).plugins == ("jiading",)
    with pytest.raises(PluginUnknown):
        tenant("nix", False)
    with pytest.raises(PluginInUse):
        tenant("openness", False)
    with platform_session() as session:
        assert session.scalars(select(Tenant.plugins)).all() == [["jiading"]]


def test_what_is_not_loaded_any_more_is_disabled_all_the_same(tenant, cli):
    with cross_tenant("test", "t") as session:
        session.execute(update(Tenant).values(plugins=["gone", "jiading"]))
    assert "（未加载）" in cli.ok("tenant", "plugins", "t")
    assert tenant("trees", True, dry_run=True).units == ("造林处", "各林场")
    assert tenant("gone", False).plugins == ("jiading",)
    assert find_tenant("t").plugins == ["jiading"]
