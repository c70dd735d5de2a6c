"""Names that the document declares itself: what they stand for, and what is no such name."""

import pytest

from core.decompose.declared import resolved
from core.decompose.decompose import decompose


def paper(opening, units):
    return (
        f"2026年某区政务公开工作要点\n{opening}\n一、公开\n（一）核对目录。逐项核对目录并公布。（责任单位：{units}）\n"
    )


@pytest.mark.parametrize(
    ("opening", "units", "alias", "names"),
    [
        ("由区教育局（以下简称区教委）负责落实。", "区教委", "区教委", ("区教育局",)),
        ("由区教育局(以下简称“区教委”)负责。", "区教委、甲局", "区教委", ("区教育局",)),
        ("区教育局，以下称区教委，负责落实。", "区 教委", "区教委", ("区教育局",)),
        ("区民政局和区教育局（下称区教委）负责。", "区教委", "区教委", ("区教育局",)),
        ("甲局、乙局（以下统称各部门）按职责抓好落实。", "各部门", "各部门", ("甲局", "乙局")),
        ("", "区教育局（以下简称区教委）、甲局", "区教委", ("区教育局",)),
        ("区教育局（简称区教委）、区民政局（简称民政局）负责。", "民政局", "民政局", ("区民政局",)),
    ],
)
def test_declared(opening, units, alias, names):
    text = paper(opening, units)
    [found] = decompose(text).meta.aliases
    assert (found.alias, found.names) == (alias, names)
    assert text[found.source.start :].startswith(names[0])
    assert text[: found.source.end].endswith(alias)


@pytest.mark.parametrize(
    ("opening", "units"),
    [
        ("《公开条例》（以下简称《条例》）", "甲局"),
        ("政务公开工作（以下简称公开工作）", "公开办"),
        ("区教育局（以下简称区教委）负责。", "甲局"),  # nobody needs it
        ("各镇、各街道（以下统称各单位）", "各单位"),  # who is in them, is not said
        ("（以下简称区教委）", "区教委"),
        ("区教委（以下简称区教委）", "区教委"),
    ],
)
def test_not_declared(opening, units):
    assert decompose(paper(opening, units)).meta.aliases == ()


def test_tasks_are_read_as_what_the_name_stands_for():
    text = (
        "2026年某区政务公开工作要点\n由区教育局（以下简称区教委）负责，甲局、乙局（以下统称各业务局）参加。\n一、公开\n"
        "（一）核对目录。逐项核对目录。（牵头单位：区教委；配合单位：各业务局）\n"
    )
    [task] = resolved(decompose(text)).tasks
    assert (task.unit_names, task.lead_unit, task.coop_units) == (("区教育局", "各业务局"), "区教育局", ("各业务局",))
    assert text[slice(*task.units[0].source)] == "区教委"
