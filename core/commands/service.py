"""`zwgk db upgrade`, `zwgk serve`, `zwgk doctor`: running it."""

from typing import TYPE_CHECKING

import click

from core.commands.output import echo_json, json_option
from core.runtime import Runtime

if TYPE_CHECKING:
    from core.doctor import Finding


@click.group("db")
def db_group() -> None:
    """数据库。"""


@db_group.command("upgrade")
@click.pass_obj
def db_upgrade(runtime: Runtime) -> None:
    """把数据库结构升级到本版本，并重设行级隔离策略。"""
    from core.database import open_urls
    from core.migrate import upgrade

    with open_urls(runtime.environ, runtime.home) as urls:
        click.echo(f"数据库结构已是 {upgrade(urls)}。")


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8800, show_default=True, help="端口，0 表示任选。")
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="IP", help="监听地址；供他人访问时不提供页面，只有接口。"
)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="进程数。")
@click.pass_obj
def serve_command(runtime: Runtime, port: int, host: str, processes: int) -> None:
    """启动服务：接口，以及仅供本机查看的只读页面。"""
    from core.serving import serve

    serve(runtime, port, host, processes)


@click.command("doctor")
@json_option
@click.pass_obj
def doctor_command(runtime: Runtime, as_json: bool) -> int:
    """检查运行环境：数据库、角色、隔离策略、插件、审计、密钥，并在临时模式中逐项探测数据库的隔离能力。"""
    from core.doctor import examine

    findings = examine(runtime)
    if as_json:
        echo_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{_mark(finding)}  {finding.what}：{finding.detail}")
    return 0 if all(finding.ok or not finding.needed for finding in findings) else 1


def _mark(finding: "Finding") -> str:
    if finding.net and finding.ok:
        return "已探测"
    return "正常" if finding.ok else "异常" if finding.needed else "提示"
