"""Writes docs/cli.md from the commands themselves: `python -m tests.docs.generate` (`make docs`)."""

from collections.abc import Iterator
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path

import click

from bridges.sync.plan import CellItem, Plan, Report, RowItem
from core.cli import cli

PAGE = Path(__file__).parents[2] / "docs/cli.md"

INTRODUCTION = """\
# 命令行

本页由 `make docs` 从程序生成，请勿手改。下文的“租户”即一个机关；“要点”即年度工作要点。

## 退出状态

| 状态 | 含义 |
|---|---|
| 0 | 已完成 |
| 1 | 已完成，但有需要人工处理之处（冲突、未能识别的单元格等） |
| 2 | 已拒绝、被保护规则停止，或用法有误：没有作任何更改 |
| 70 | 程序内部错误 |

被拒绝时，标准错误输出一句话：`错误（代码）：说明`。代码是固定的英文词，可供程序判断；说明告诉人怎么办。
`--dry-run`（预演）的输出与退出状态，与真正运行时相同。

## 环境变量

| 变量 | 含义 |
|---|---|
| `ZWGK_HOME` | 数据所在文件夹，默认为当前文件夹下的 `.zwgk` |
| `DATABASE_URL` | 使用自备的 PostgreSQL（15 或以上）：应用角色的地址；不设则自动启动内置数据库 |
| `ZWGK_OWNER_URL` | 同上：属主角色的地址，供 `zwgk db upgrade` 使用 |
| `ZWGK_MAINT_URL` | 同上：维护角色的地址，供跨租户维护使用，每次使用均留记录 |
| `ZWGK_PG_BINDIR` | 内置数据库改用此文件夹中的 PostgreSQL 程序 |
| `ZWGK_PLUGINS_OFF` | 停用的插件，以空格分隔 |
| `ZWGK_PROXIES` | `zwgk serve` 前面的代理有几层（[operation.md](operation.md)） |
| `ZWGK_SECRETS_KEY` | 加密两步验证密钥的钥匙，未设则用 `ZWGK_HOME` 中的 `secrets.key`（[people.md](people.md)） |
| `ZWGK_RATE` | 每个调用者每分钟在每个进程中的请求次数上限，默认 1200，`off` 为不限 |
| `ZWGK_FILES_MB` | 每个租户保存的文件共多少 MB，默认 2048（[operation.md](operation.md#每个租户的上限)） |
| `ZWGK_JOBS_WAITING` | 每个租户等待处理的后台任务数上限，默认 200 |
| `ZWGK_JOBS_WAITING_EACH` | 同上，其中每个调用者的，默认 50 |
| `ZWGK_JOB_MINUTES` | 一个后台任务最多用多少分钟，默认 60 |
| `ZWGK_LEAVING_DAYS` | 申请注销后多少天内可以撤回，默认 14（[onboarding.md](onboarding.md)） |
| `ZWGK_PUBLIC_URL` | 浏览器访问本系统的地址，统一身份认证用（[people.md](people.md)） |
| `ZWGK_IDENTITY_ORIGINS` | 允许各机关使用的认证服务器的地址，以空格分隔，如 `https://sso.example.gov.cn` |
| `ZWGK_WEBHOOK_NETWORKS` | 事件推送除公网外可到达的网段，以逗号分隔（[operation.md](operation.md#事件推送)） |
| `ZWGK_METRICS_TOKEN` | 读取 `/metrics` 的令牌 |
| `ZWGK_LOG` | 请求日志：`text`、`json` 或 `off` |
"""

PASS_KEYS = {
    "pass": "本次同步的编号；双方一致或被停止时为 null",
    "applied": "收入系统的单元格",
    "written": "写入表格的单元格",
    "conflicts": "新出现或有变化的冲突，待人工处理",
    "settled": "本次得到处理的冲突",
    "rejected": "新出现的未能识别的内容，表格中保留原样",
    "restored": "不可留空或由系统填写、已按系统恢复的单元格",
    "proposals": "无权直接修改、已记为建议的内容",
    "added": "新增的行",
    "missing": "表格中缺少的行；系统中未作删除",
    "duplicated": "编号重复的行",
    "waiting": "未能处理的行和单元格，及原因",
    "messages": "写入“同步提示”的文字",
    "open": "此前已在等待、现仍待人工处理的单元格",
    "stopped": '停止原因 `{"code", "message"}`；未停止时为 null',
}
ITEM_KEYS = {
    "row": "行编号",
    "at": "单元格地址，如 C7；该行不在表格中时为空",
    "field": "字段，如 `progress`",
    "base": "双方上次一致的值",
    "sheet": "表格中的值",
    "database": "系统中的值",
    "message": "说明",
}


def commands(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its full name, in the order in which the parts bring them."""
    if isinstance(command, click.Group):
        for sub in command.commands.values():
            yield from commands(sub, (*path, sub.name or ""))
    else:
        yield " ".join(("zwgk", *path)), command


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return f" {'|'.join(option.type.choices)}"
    return f" {option.metavar or (option.name or '').upper()}"


def _option(option: click.Option) -> str:
    name = f"{', '.join(option.opts)}{_value(option)}".replace("|", "\\|")
    shown = not option.is_flag and isinstance(option.default, str | int)
    default = f"默认 {option.default}。" if shown else ""
    return f"| `{name}` | {'必填。' if option.required else ''}{option.help or ''}{default} |\n"


def _section(name: str, command: click.Command) -> str:
    words = command.collect_usage_pieces(click.Context(command))
    usage = " ".join(word.replace("[OPTIONS]", "[选项]") for word in words)
    options = [p for p in command.params if isinstance(p, click.Option)]
    table = "\n| 选项 | 说明 |\n|---|---|\n" + "".join(map(_option, options)) if options else ""
    return f"\n### {name}\n\n{cleandoc(command.help or '')}\n\n用法：`{name} {usage}`\n{table}"


def _table(keys: tuple[str, ...], meanings: dict[str, str]) -> str:
    return "| 键 | 含义 |\n|---|---|\n" + "".join(f"| `{key}` | {meanings[key]} |\n" for key in keys)


def _json_of_a_pass() -> str:
    plan = Plan("", "", "", "", "", "", "", "")
    cells, rows = ({f.name for f in fields(kind)} for kind in (CellItem, RowItem))
    kinds = {f.name: cells if "CellItem" in str(f.type) else rows for f in fields(Report)}
    of_rows = "、".join(f"`{name}`" for name, kind in kinds.items() if kind == rows)
    return (
        "\n## `zwgk sheet sync --json`\n\n`sheet undo` 与 `sheet settle` 的输出相同。\n\n"
        + _table(tuple(plan.as_json()), PASS_KEYS)
        + "\n各列表中的每一项：\n\n"
        + _table(tuple(f.name for f in fields(CellItem)), ITEM_KEYS)
        + f"\n其中 {of_rows} 的各项只有 {'、'.join(f'`{f.name}`' for f in fields(RowItem))}。\n"
    )


def page() -> str:
    """The whole page."""
    sections = "".join(_section(name, command) for name, command in commands())
    return f"{INTRODUCTION}\n## 命令\n{sections}{_json_of_a_pass()}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
