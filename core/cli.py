"""The command `zwgk`: the group, and the one place where errors become a sentence and an exit status.

0 done; 1 done, but something needs a person; 2 refused or wrong use, nothing changed; 70 unexpected error.
"""

import gc
import logging
import os
import re
import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import OperationalError

from core.parts import load_parts
from core.runtime import Runtime
from core.terminal import flat
from core.wording import in_chinese
from tenants.errors import ZwgkError
from tenants.postgres.cluster import default_home

DONE, NEEDS_PERSON, REFUSED, UNEXPECTED = 0, 1, 2, 70
# What no word holds (new lines and tabs may stand in a text); bytes that are not UTF-8 arrive as surrogates
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@click.group(name="zwgk", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="zwgk")
def cli() -> None:
    """政务公开工作要点 → 任务分解表：分解、下发、填报、同步、统计。"""


def refuse(code: str, message: str) -> int:
    """One sentence on standard error, whatever the names in it hold, and the status of a refusal."""
    click.echo(f"错误（{code}）：{flat(message)}", err=True)
    return REFUSED


def run(argv: Sequence[str], runtime: Runtime) -> int:
    """Run one command line in `runtime`; returns the exit status."""
    if any(map(_NOT_TEXT.search, argv)):
        return refuse("wrong_use", "命令行中有控制字符，或不是 UTF-8 的文字，请改正后重试。")
    try:
        return cli.main(args=argv, prog_name="zwgk", obj=runtime, standalone_mode=False) or DONE
    except ZwgkError as error:
        return refuse(error.code, error.told)
    except OperationalError as error:
        return refuse("database_unreachable", f"数据库连接中断（{error.orig}），请稍后重试。")
    except click.ClickException as error:
        return refuse("wrong_use", f"{in_chinese(error)}可加 --help 查看用法。")
    except click.Abort:
        return refuse("aborted", "已中断。")
    except BrokenPipeError:
        return DONE
    except Exception:
        logging.getLogger("zwgk").exception("unexpected error")
        click.echo("错误（unexpected）：程序内部错误，详情见上；请把这段文字发给运维人员。", err=True)
        return UNEXPECTED


def main() -> None:
    """Entry point of the command."""
    gc.freeze()  # what is loaded by now stays: to look through it again and again takes a tenth of a pass
    runtime = Runtime(os.environ, default_home())
    try:
        status = run(sys.argv[1:], runtime)
    finally:
        runtime.close()
    sys.exit(status)


for _part in load_parts():
    for _command in _part.commands:
        cli.add_command(_command)

if __name__ == "__main__":
    main()
