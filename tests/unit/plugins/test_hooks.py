"""Each hook, asked through the manager (tests/docs proves that no hook is missing here)."""

import pytest

from core.plugin_manager import PluginManager
from core.sdk import (
    Agency,
    DueBy,
    LampRule,
    Metric,
    MetricValue,
    Plugin,
    SheetLayout,
    TaskTemplate,
    UnitGroup,
)


def agency_of(name="示例局"):
    return Agency(name, "department", 2024, "示例。")


def figure(key):
    return Metric(key, "数", "数", "", "项", lambda _facts: MetricValue(None))


class Sample(Plugin):
    """A plugin that says who it is, and what else it is given."""

    def __init__(self, **answers):
        super().__init__(**{"agency": agency_of()} | answers)


def manager_with(**plugins):
    manager = PluginManager()
    for key, plugin in plugins.items():
        manager.register(key, plugin)
    assert manager.failures == ()
    return manager


def test_hook_agency():
    manager = manager_with(a=Sample(agency=agency_of("甲局")), b=Sample(agency=agency_of("乙局")))
    assert manager.agency(["b"]) == {"b": agency_of("乙局")}
    with pytest.raises(ValueError, match="agency kind"):
        Agency("丙", "ministry", 2024, "")


def test_hook_unit_groups():
    towns = UnitGroup("各镇", "group", members=("甲镇", "乙镇"))
    manager = manager_with(a=Sample(unit_groups=[towns]), b=Sample(unit_groups=(UnitGroup("丙处"),)))
    assert manager.unit_groups(["a"]) == [towns]
    assert manager.unit_groups(["b", "a"]) == [UnitGroup("丙处"), towns]
    with pytest.raises(ValueError, match="has members but is no group"):
        UnitGroup("甲处", "unit", members=("乙处",))
    with pytest.raises(ValueError, match="unit kind"):
        UnitGroup("甲处", "team")


def test_hook_task_templates():
    own, shared = TaskTemplate("a.one", "一", ("一",)), TaskTemplate("openness.one", "共", ("共",))
    manager = manager_with(openness=Sample(task_templates=[shared]), a=Sample(task_templates=[own]))
    assert manager.task_templates(["a"]) == [own, shared]
    assert manager.task_templates([]) == [shared]


def test_hook_metrics():
    own = figure("a.one")
    manager = manager_with(a=Sample(metrics=[own]))
    assert manager.metrics(["a"]) == [own]


def test_hook_rules():
    own, other = DueBy("a.one", "openness.one", "", 3, 31), DueBy("b.one", "openness.one", "", 6, 30)
    manager = manager_with(a=Sample(rules=[own]), b=Sample(rules=(other,)), c=Sample())
    assert manager.rules(["a", "c"]) == [own]
    assert own.words == "3月31日前"


def test_hook_sheet_layout():
    own = SheetLayout({"unit": "责任处室"}, without=("role",))
    manager = manager_with(a=Sample(sheet_layout=own), b=Sample(sheet_layout=None), c=Sample())
    assert manager.sheet_layout(["a"]) == own
    assert manager.sheet_layout(["b"]) == manager.sheet_layout(["c"]) == SheetLayout()
    with pytest.raises(ValueError, match=r"no such columns: \['lead', 'units'\]"):
        SheetLayout({"units": "责任处室"}, without=("lead",))


def test_hook_lamp_rule():
    shared, own = LampRule(near_days=5), LampRule(near="蓝")
    manager = manager_with(openness=Sample(lamp_rule=shared), a=Sample(lamp_rule=own), b=Sample(lamp_rule=None))
    assert manager.lamp_rule(["a"]) == own
    assert manager.lamp_rule(["b"]) == shared
    assert manager_with(b=Sample()).lamp_rule(["b"]) == LampRule()


@pytest.mark.parametrize(
    ("hook", "answer", "error"),
    [
        ("unit_groups", "各处室", "TypeError"),
        ("task_templates", [TaskTemplate("a.x", "甲", ("甲",)), "乙"], "TypeError"),
        ("metrics", 7, "TypeError"),
        ("metrics", [figure("b.stolen")], "ValueError: keys must begin with 'a.'"),
        ("metrics", [figure("a.twice"), figure("a.twice")], "ValueError"),
        ("lamp_rule", "红", "TypeError"),
        ("rules", [DueBy("b.stolen", "a.x", "", 1, 31)], "ValueError: keys must begin with 'a.'"),
        ("sheet_layout", {"unit": "责任处室"}, "TypeError"),
    ],
)
def test_nonsense_is_a_failure_of_the_plugin_that_gave_it(hook, answer, error):
    good = figure("b.good")
    manager = manager_with(a=Sample(**{hook: answer}), b=Sample(metrics=[good]))
    getattr(manager, hook)(["a", "b"])
    (failure,) = manager.failures
    assert (failure.plugin, failure.hook) == ("a", hook)
    assert failure.error.startswith(error)
    assert manager.metrics(["a", "b"])[-1] == good
