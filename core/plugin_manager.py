"""The plugins of this process: loaded once, asked one by one, so that a failing one is named and hurts nobody else.

An object, not a module global. Which plugins speak for a tenant is said with each call (`Tenant.plugins`); the shared
plugin `openness` always speaks, last. Hooks are those of `core.hookspecs`; nobody else calls pluggy.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module, metadata
from typing import Any, Self

import pluggy

from core import hookspecs
from core.agencies import Agency, SheetLayout, UnitGroup
from core.metrics.facts import Metric
from core.plans.rollup import LampRule
from core.plans.rules import Rule
from core.plans.templates import TaskTemplate
from tenants.errors import ZwgkError

ENTRY_POINTS = "zwgk.plugins"
SHARED = "openness"
logger = logging.getLogger(__name__)


class PluginUnknown(ZwgkError):
    """No plugin of this key is installed."""

    code = "plugin_unknown"
    sentence = "没有名为“{key}”的插件。可用：{known}。"


class PluginUnavailable(ZwgkError):
    """The plugin is installed, but was blocked, or refused when it was loaded."""

    code = "plugin_unavailable"
    sentence = "插件“{key}”{why}，暂不可用。可用：{known}。"


@dataclass(frozen=True)
class PluginFailure:
    """A plugin that failed, in which hook (`load`: while it was loaded), and the error in words."""

    plugin: str
    hook: str
    error: str


@dataclass(frozen=True)
class CatalogueEntry:
    """A loaded plugin, as `zwgk plugin list` shows it."""

    key: str
    agency: Agency
    version: str
    hooks: tuple[str, ...]


class PluginManager:
    """Make one with `load`; `blocked` are keys of plugins that are not even imported."""

    def __init__(self, blocked: Iterable[str] = ()) -> None:
        self._pm = pluggy.PluginManager(hookspecs.PROJECT)
        self._pm.add_hookspecs(hookspecs)
        self._loaded: dict[str, CatalogueEntry] = {}
        self._off = dict.fromkeys(blocked, "已停用")
        self._failures: dict[tuple[str, str], PluginFailure] = {}

    @classmethod
    def load(cls, defaults: Iterable[str] = (), entry_points: bool = True, blocked: Iterable[str] = ()) -> Self:
        """Load the built-in plugins (dotted names of modules `….<key>.plugin`, which hold a `PLUGIN`), then the
        installed ones, whose entry points name such an object or a module with hooks."""
        manager = cls(blocked)
        for dotted in defaults:
            manager._add(dotted.split(".")[-2], partial(_declared_in, dotted), metadata.version("zwgk"))
        if entry_points:
            for point in sorted(metadata.entry_points(group=ENTRY_POINTS)):
                manager._add(point.name, point.load, point.dist.version if point.dist else "")
        return manager

    def register(self, key: str, plugin: object, version: str = "") -> None:
        """Add a plugin; one that is not sound (hook misspelled, arguments unknown, no agency) is refused by name."""
        self._add(key, lambda: plugin, version)

    def _add(self, key: str, load: Callable[[], object], version: str) -> None:
        if key in self._off:
            return
        if key in self._loaded:
            self._record(key, "load", ValueError("the key is taken by a plugin that was loaded before"))
            return
        try:
            plugin = load()
            self._pm.register(plugin, key)
            self._pm.check_pending()
            agency = _of_type(Agency)(key, self._call("agency", key))
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises is its failure and nobody else's
            if self._pm.has_plugin(key):
                self._pm.unregister(name=key)
            self._off[key] = "加载失败"
            self._record(key, "load", error)
            return
        hooks = sorted(caller.name for caller in self._pm.get_hookcallers(plugin) or ())
        self._loaded[key] = CatalogueEntry(key, agency, version, tuple(hooks))

    def _record(self, key: str, hook: str, error: Exception) -> None:
        failure = PluginFailure(key, hook, f"{type(error).__name__}: {error}")
        self._failures[key, hook] = failure
        logger.error("plugin %s failed in %s", key, hook, exc_info=error)

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        """What failed and has not worked since: the last failure of each plugin and hook."""
        return tuple(self._failures.values())

    def catalogue(self) -> list[CatalogueEntry]:
        """The loaded plugins, in the order of loading."""
        return list(self._loaded.values())

    def enabled_for(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The plugins that speak for a tenant that chose `keys`: these, and the shared one.

        Raises `PluginUnknown`, `PluginUnavailable`: for onboarding. (The hooks below skip what is unavailable.)
        """
        chosen = tuple(keys)
        for key in chosen:
            if key in self._off:
                raise PluginUnavailable(key=key, why=self._off[key], known=self._known())
        return self._speakers(chosen)

    def _known(self) -> str:
        return "、".join(key for key in self._loaded if key != SHARED)

    def _speakers(self, enabled: Iterable[str]) -> tuple[str, ...]:
        speakers = dict.fromkeys((*enabled, SHARED))
        for key in speakers:
            if key not in self._loaded and key not in self._off and key != SHARED:
                raise PluginUnknown(key=key, known=self._known())
        return tuple(key for key in speakers if key in self._loaded)

    def _call(self, hook: str, key: str) -> Any:
        others = [plugin for name, plugin in self._pm.list_name_plugin() if name != key]
        return next(iter(self._pm.subset_hook_caller(hook, others)()), None)

    def _each(self, hook: str, enabled: Iterable[str], check: Callable[[str, Any], Any]) -> dict[str, Any]:
        answers = {}
        for key in self._speakers(enabled):
            if hook not in self._loaded[key].hooks:
                continue
            try:
                answers[key] = check(key, self._call(hook, key))
            except Exception as error:  # noqa: BLE001 - as above
                self._record(key, hook, error)
            else:
                self._failures.pop((key, hook), None)
        return answers

    def agency(self, enabled: Sequence[str]) -> dict[str, Agency]:
        """Plugin key → agency."""
        return self._each("agency", enabled, _of_type(Agency))

    def unit_groups(self, enabled: Sequence[str]) -> list[UnitGroup]:
        """Units, groups, roles and outside bodies."""
        return _joined(self._each("unit_groups", enabled, _list_of(UnitGroup)))

    def task_templates(self, enabled: Sequence[str]) -> list[TaskTemplate]:
        """Task templates, those of the agency first."""
        return _joined(self._each("task_templates", enabled, _list_of(TaskTemplate)))

    def rules(self, enabled: Sequence[str]) -> list[Rule]:
        """What the agency's own rules ask of tasks."""
        return _joined(self._each("rules", enabled, _list_of(Rule)))

    def metrics(self, enabled: Sequence[str]) -> list[Metric]:
        """Metrics, those of the agency first."""
        return _joined(self._each("metrics", enabled, _list_of(Metric)))

    def lamp_rule(self, enabled: Sequence[str]) -> LampRule:
        """The first rule that a plugin gives, the agency's before the shared one."""
        return self._first("lamp_rule", enabled, LampRule)

    def sheet_layout(self, enabled: Sequence[str]) -> SheetLayout:
        """The first layout that a plugin gives; without any, all columns under their common words."""
        return self._first("sheet_layout", enabled, SheetLayout)

    def _first(self, hook: str, enabled: Sequence[str], kind: type) -> Any:
        answers = self._each(hook, enabled, _of_type(kind, type(None)))
        return next(filter(None, answers.values()), kind())


def _declared_in(dotted: str) -> Any:
    return import_module(dotted).PLUGIN


def _joined(answers: dict[str, tuple]) -> list[Any]:
    return [item for items in answers.values() for item in items]


def _of_type(*kinds: type) -> Callable[[str, Any], Any]:
    def check(_key: str, answer: Any) -> Any:
        if not isinstance(answer, kinds):
            raise TypeError(f"gave {answer!r}, not {kinds[0].__name__}")
        return answer

    return check


def _list_of(kind: type) -> Callable[[str, Any], tuple]:
    """A check of list answers; the keys of what has keys begin with the plugin's own and occur once."""

    def check(key: str, answer: Any) -> tuple:
        if not isinstance(answer, list | tuple) or not all(isinstance(item, kind) for item in answer):
            raise TypeError(f"gave {answer!r}, not a sequence of {kind.__name__}")
        keys = [item.key for item in answer if hasattr(item, "key")]
        wrong = {k for k in keys if not k.startswith(f"{key}.") or keys.count(k) > 1}
        if wrong:
            raise ValueError(f"keys must begin with '{key}.' and occur once: {sorted(wrong)}")
        return tuple(answer)

    return check
