"""`zwgk demo`: the main job, end to end, on an embedded database of its own."""

import time
from pathlib import Path

import click

from core.runtime import Runtime
from core.serving import serve
from tenants.postgres.cluster import Cluster

FOLDER = Path("demo")
# the demo never touches data that somebody works with
OTHERS = frozenset({"DATABASE_URL", "ZWGK_OWNER_URL", "ZWGK_MAINT_URL"})


@click.command("demo")
@click.option("--once", is_flag=True, help="打印后即结束，不启动页面。")
@click.option("--port", type=click.IntRange(0, 65535), default=8800, show_default=True, help="页面端口，0 表示任选。")
@click.pass_obj
def demo_command(runtime: Runtime, once: bool, port: int) -> None:
    """演示：开通五个机关，分解、导出、填报、同步、统计，最后启动只读页面。

    每次重新开始：演示数据在 .zwgk/demo 中，工作簿在 demo/ 中，不影响正式数据。
    """
    from bridges.demo.story import Demo  # the story runs the whole command line, of which this is a part

    began = time.monotonic()
    home = runtime.home / "demo"
    Cluster(home, environ=runtime.environ).discard()
    FOLDER.mkdir(exist_ok=True)
    environ = {name: value for name, value in runtime.environ.items() if name not in OTHERS}
    own = Runtime(environ, home, runtime.today)
    try:
        Demo(own, FOLDER).tell()
        click.echo(f"\n演示完成，用时 {time.monotonic() - began:.1f} 秒。工作簿在 {FOLDER.absolute()}。")
        if not once:
            serve(own, port)
    finally:
        own.close()
