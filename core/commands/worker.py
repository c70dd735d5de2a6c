"""`zwgk worker`: long work, done beside the service."""

import click

from core.runtime import Runtime


@click.command("worker")
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="同时处理的任务数。")
@click.pass_obj
def worker_command(runtime: Runtime, concurrency: int) -> None:
    """处理后台任务（导入、同步、下发、回收等），推送事件，并按时封存审计、清理过期文件；可以同时运行多个。

    按 Ctrl+C 或收到 SIGTERM 后，不再接新任务，已开始的做完后结束；一分钟内没有做完的，由其他后台进程重做。
    """
    from core.jobs.worker import work
    from core.service import logs

    logs.set_up(runtime.environ)
    app = runtime.app
    click.echo("正在处理后台任务（按 Ctrl+C 结束）", err=True)
    work(app, concurrency)
