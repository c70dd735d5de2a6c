"""`zwgk plugin`: the catalogue of plugins."""

import click
from flask import current_app

from core.commands.output import echo_json, echo_table, json_option
from core.runtime import Runtime, with_app


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
