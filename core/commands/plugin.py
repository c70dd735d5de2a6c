"""`zwgk plugin`: the catalogue of plugins, and what one of them brings."""

from typing import Any

import click
from flask import current_app

from core.agencies import SheetLayout
from core.commands.output import echo_json, echo_table, json_option
from core.plugin_manager import PluginManager
from core.runtime import Runtime, with_app
from core.units.models import KIND_NAMES

TEMPLATE_HEADER = {"title": "名称", "keywords": "识别词", "evidence": "佐证", "limit": "时限"}


@click.group("plugin")
def plugin_group() -> None:
    """机关插件。"""


@plugin_group.command("list")
@json_option
@with_app
def plugin_list(_runtime: Runtime, as_json: bool) -> None:
    """列出可用的插件。"""
    entries = current_app.extensions["zwgk_plugins"].catalogue()
    if as_json:
        echo_json([{"key": e.key, "agency": e.agency.name, "version": e.version, "hooks": e.hooks} for e in entries])
    else:
        table = [(e.key, e.agency.name, e.version, e.agency.line) for e in entries]
        echo_table(("插件", "机关", "版本", "特点"), table, widest=60)


@plugin_group.command("show")
@click.argument("key")
@json_option
@with_app
def plugin_show(_runtime: Runtime, key: str, as_json: bool) -> None:
    """一个插件带来什么：责任单位、任务模板、规定、指标和表格用语（共用部分除外）。"""
    plugins: PluginManager = current_app.extensions["zwgk_plugins"]
    plugins.enabled_for([key])
    agency = plugins.agency([key])[key]
    brought = _brought(plugins, key)
    if as_json:
        echo_json({"key": key, **vars(agency), **brought})
        return
    click.echo(f"{agency.name}（{key}）：{agency.line}")
    units = [unit | {"kind": KIND_NAMES[unit["kind"]]} for unit in brought["units"]]
    words = [{"column": column, "word": word} for column, word in brought["words"].items()]
    words += [{"column": column, "word": "（不用）"} for column in brought["without"]]
    for title, header, items in (
        ("责任单位", {"name": "名称", "kind": "类别", "members": "成员", "aliases": "别名"}, units),
        ("任务模板", TEMPLATE_HEADER, brought["templates"]),
        ("规定", {"template": "任务模板", "asks": "要求"}, brought["rules"]),
        ("指标", {"title": "名称", "target": "目标", "formula": "公式"}, brought["metrics"]),
        ("表格用语", {"column": "列", "word": "用语"}, words),
    ):
        table = [[_cell(item[field]) for field in header] for item in items]
        if table:
            click.echo(f"\n{title}：")
            echo_table(list(header.values()), table)


def _cell(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "、".join(value)


def _brought(plugins: PluginManager, key: str) -> dict[str, Any]:
    """What the plugin itself brings; what the shared one brings is the same everywhere."""

    def own(items: list[Any]) -> list[Any]:
        return [item for item in items if item.key.startswith(f"{key}.")]

    titles = {template.key: template.title for template in plugins.task_templates([key])}
    layout: SheetLayout = plugins.sheet_layout([key])
    metrics = own(plugins.metrics([key]))
    return {
        "units": [vars(unit) for unit in plugins.unit_groups([key])],
        "templates": [vars(template) for template in own(plugins.task_templates([key]))],
        "rules": [{"key": r.key, "template": titles[r.template], "asks": r.words} for r in plugins.rules([key])],
        "metrics": [{"key": m.key, "title": m.title, "target": m.target, "formula": m.formula} for m in metrics],
        "words": dict(layout.words),
        "without": list(layout.without),
    }
