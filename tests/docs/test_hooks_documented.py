"""docs/plugins.md tells the truth: every hook, its exact signature, a running example, a test, and who uses it."""

import ast
import re
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest

from core import hookspecs
from core.app import DEFAULT_PLUGINS
from core.plugin_manager import PluginManager

ROOT = Path(__file__).parents[2]
SPECS = {
    node.name: f"{node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}"
    for node in ast.parse(Path(hookspecs.__file__).read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef)
}
PAGE = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `(.+?)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
MANAGER = PluginManager.load(DEFAULT_PLUGINS, entry_points=False)


def example(hook):
    (source,) = re.findall(r"^```python\n(.*?)^```", SECTIONS[SPECS[hook]], re.MULTILINE | re.DOTALL)
    return source


def test_the_page_describes_exactly_the_hooks_there_are():
    assert list(SECTIONS) == list(SPECS.values())


@pytest.mark.parametrize("hook", SPECS)
def test_each_hook_has_a_line_of_its_own(hook):
    assert getattr(hookspecs, hook).__doc__.count("\n") == 0


@pytest.mark.parametrize("hook", SPECS)
def test_the_example_runs_as_a_plugin(hook):
    plugin = ModuleType("example")
    for part in dict.fromkeys(("agency", hook)):
        exec(compile(example(part), f"docs/plugins.md:{part}", "exec"), vars(plugin))
    manager = PluginManager()
    manager.register("example", plugin)
    answer = getattr(manager, hook)(["example"])
    assert manager.failures == ()
    assert answer


@pytest.mark.parametrize("hook", SPECS)
def test_the_page_names_the_plugins_that_use_it(hook):
    using = [entry.key for entry in MANAGER.catalogue() if hook in entry.hooks]
    assert using, "a hook comes with a plugin that uses it"
    assert f"\nUsed by: {', '.join(using)}\n" in SECTIONS[SPECS[hook]]


@pytest.mark.parametrize("hook", SPECS)
def test_each_hook_has_a_test(hook):
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/unit/plugins").glob("test_*.py"))
    assert f"def test_hook_{hook}(" in tests


@pytest.mark.parametrize("dotted", DEFAULT_PLUGINS)
def test_a_built_in_plugin_implements_only_known_hooks(dotted):
    marked = set(vars(import_module(dotted).PLUGIN))
    assert "agency" in marked
    assert marked <= SPECS.keys()


def test_the_page_names_every_factory_with_its_parameters():
    measures = vars(import_module("plugins.openness.measures"))
    factories = [f for name, f in measures.items() if name.endswith("_metric")]
    written = [
        f"{f.__name__}({', '.join(str(p).split(':')[0] for p in signature(f).parameters.values())})" for f in factories
    ]
    assert re.findall(r"^\| `(\w+\(.+?)` \|", PAGE, re.MULTILINE) == written
