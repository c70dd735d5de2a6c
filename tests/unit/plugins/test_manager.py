"""Loading, refusing, failing, blocking; with plugins as objects, and with one that is really installed."""

from textwrap import dedent

import pytest

from core.app import DEFAULT_PLUGINS
from core.plugin_manager import PluginManager, PluginUnavailable, PluginUnknown
from core.sdk import Agency, TaskTemplate, hookimpl

TEMPLATE = TaskTemplate("sound.one", "一", ("一",))
INSTALLED = """
    from core.sdk import Agency, TaskTemplate, hookimpl

    @hookimpl
    def agency():
        return Agency("外地某局", "department", 2025, "由外部安装。")

    @hookimpl
    def task_templates():
        return [TaskTemplate("faraway.one", "一", ("一",))]
"""


class Plain:
    @hookimpl
    def agency(self):
        return Agency("示例局", "department", 2024, "示例。")


class Sound(Plain):
    @hookimpl
    def task_templates(self):
        return [TEMPLATE]


class Failing(Plain):
    broken = True

    @hookimpl
    def task_templates(self):
        if self.broken:
            raise RuntimeError("模板文件丢失")
        return []


class Misspelled(Plain):
    @hookimpl
    def task_template(self):
        return []


class WrongArgument(Plain):
    @hookimpl
    def task_templates(self, plan):
        return [plan]


class Nameless:
    @hookimpl
    def task_templates(self):
        return []


def install(folder, name, source):
    """Put a distribution with one plugin into a folder, as pip would leave it."""
    (folder / f"{name}_plugin.py").write_text(dedent(source), encoding="utf-8")
    info = folder / f"zwgk_{name}-1.4.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: zwgk-{name}\nVersion: 1.4\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[zwgk.plugins]\n{name} = {name}_plugin\n", encoding="utf-8")


def test_the_built_in_plugins_load_without_failure():
    manager = PluginManager.load(DEFAULT_PLUGINS, entry_points=False)
    assert manager.failures == ()
    assert [entry.key for entry in manager.catalogue()] == [name.split(".")[1] for name in DEFAULT_PLUGINS]


@pytest.mark.parametrize(
    ("plugin", "error"),
    [
        (Misspelled(), "unknown hook 'task_template'"),
        (WrongArgument(), "plan"),
        (Nameless(), "not Agency"),
        (Sound, "self"),  # the class, where its object was meant
    ],
)
def test_an_unsound_plugin_is_named_and_refused_and_the_others_load(plugin, error):
    manager = PluginManager()
    manager.register("sound", Sound())
    manager.register("unsound", plugin)
    manager.register("later", Plain())
    (failure,) = manager.failures
    assert (failure.plugin, failure.hook) == ("unsound", "load")
    assert error in failure.error
    assert [entry.key for entry in manager.catalogue()] == ["sound", "later"]
    assert manager.task_templates(["unsound", "sound", "later"]) == [TEMPLATE]


def test_a_failing_plugin_is_skipped_recorded_and_logged_until_it_works_again(caplog):
    failing, manager = Failing(), PluginManager()
    manager.register("failing", failing)
    manager.register("sound", Sound())
    assert manager.task_templates(["failing", "sound"]) == [TEMPLATE]
    assert [(f.plugin, f.hook, f.error) for f in manager.failures] == [
        ("failing", "task_templates", "RuntimeError: 模板文件丢失")
    ]
    assert "plugin failing failed in task_templates" in caplog.text
    failing.broken = False
    assert manager.task_templates(["failing", "sound"]) == [TEMPLATE]
    assert manager.failures == ()


def test_only_enabled_plugins_are_asked():
    manager = PluginManager()
    manager.register("failing", Failing())
    manager.register("sound", Sound())
    assert manager.task_templates(["sound"]) == [TEMPLATE]
    assert manager.failures == ()


def test_a_second_plugin_of_the_same_key_is_refused_and_the_first_stays():
    manager = PluginManager()
    manager.register("sound", Sound())
    manager.register("sound", Plain())
    (failure,) = manager.failures
    assert (failure.plugin, "taken" in failure.error) == ("sound", True)
    assert manager.task_templates(["sound"]) == [TEMPLATE]


def test_one_object_under_two_keys_is_refused():
    manager, plugin = PluginManager(), Sound()
    manager.register("sound", plugin)
    manager.register("again", plugin)
    assert [f.plugin for f in manager.failures] == ["again"]
    assert manager.task_templates(["sound"]) == [TEMPLATE]


def test_the_shared_plugin_speaks_for_every_tenant_and_last():
    manager = PluginManager.load(DEFAULT_PLUGINS, entry_points=False)
    assert manager.enabled_for(["jiading"]) == ("jiading", "openness")
    keys = [metric.key.split(".")[0] for metric in manager.metrics(["jiading"])]
    assert list(dict.fromkeys(keys)) == ["jiading", "openness"]


def test_an_unknown_plugin_is_refused_with_the_known_ones():
    manager = PluginManager.load(DEFAULT_PLUGINS[:3], entry_points=False)
    with pytest.raises(PluginUnknown) as refused:
        manager.enabled_for(["nowhere"])
    assert refused.value.code == "plugin_unknown"
    assert refused.value.message == "没有名为“nowhere”的插件。可用：cooperation_office、jiading。"
    with pytest.raises(PluginUnknown):
        manager.metrics(["nowhere"])


def test_an_installed_plugin_is_found_by_its_entry_point(tmp_path, monkeypatch):
    install(tmp_path, "faraway", INSTALLED)
    monkeypatch.syspath_prepend(tmp_path)
    manager = PluginManager.load()
    (entry,) = manager.catalogue()
    assert (entry.key, entry.agency.name, entry.version) == ("faraway", "外地某局", "1.4")
    assert entry.hooks == ("agency", "task_templates")
    assert [template.key for template in manager.task_templates(["faraway"])] == ["faraway.one"]


def test_entry_points_can_be_left_out(tmp_path, monkeypatch):
    install(tmp_path, "unasked", INSTALLED)
    monkeypatch.syspath_prepend(tmp_path)
    assert PluginManager.load(entry_points=False).catalogue() == []


def test_an_installed_plugin_that_cannot_be_imported_hurts_nobody(tmp_path, monkeypatch):
    install(tmp_path, "crashing", "raise OSError('no licence file')")
    monkeypatch.syspath_prepend(tmp_path)
    manager = PluginManager.load(DEFAULT_PLUGINS)
    (failure,) = manager.failures
    assert (failure.plugin, failure.hook, failure.error) == ("crashing", "load", "OSError: no licence file")
    assert len(manager.catalogue()) == len(DEFAULT_PLUGINS)
    assert manager.metrics(["crashing", "jiading"]) == manager.metrics(["jiading"])
    with pytest.raises(PluginUnavailable, match="插件“crashing”加载失败"):
        manager.enabled_for(["crashing"])


def test_a_blocked_plugin_is_not_even_imported(tmp_path, monkeypatch):
    install(tmp_path, "blocked", "raise OSError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    manager = PluginManager.load(DEFAULT_PLUGINS, blocked=["blocked", "transport"])
    assert manager.failures == ()
    assert "transport" not in [entry.key for entry in manager.catalogue()]
    with pytest.raises(PluginUnavailable, match="插件“blocked”已停用"):
        manager.enabled_for(["blocked"])
