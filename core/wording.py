"""Wrong use of the command line, in one Chinese sentence: click's own words are English."""

import click

from core.commands.paths import TypedPath


def in_chinese(error: click.ClickException) -> str:
    """What was wrong with the command line."""
    match error:
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}。"
        case click.MissingParameter():
            return f"缺少{_name(error)}。"
        case click.BadParameter(param=click.Parameter(type=click.types.StringParamType() | TypedPath())):
            return f"{_name(error)}：{error.message}"  # click itself refuses no text: a callback of ours did
        case click.BadParameter():
            return f"{_name(error)} 的值不合要求{_wanted(error.param)}。"
        case click.BadOptionUsage() if "does not take a value" in error.message:
            return f"选项 {error.option_name} 不带值。"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 缺少值。"
        case click.FileError():
            return f"无法打开文件 {error.ui_filename}。"
        case click.exceptions.NoArgsIsHelpError():
            return "请写明子命令。"
        case click.UsageError() if "No such command" in error.message:
            return f"没有命令 {error.message.partition(chr(39))[2].rpartition(chr(39))[0]}。"
        case click.UsageError() if "unexpected extra argument" in error.message:
            return f"多余的参数：{error.message.partition('(')[2].rstrip(')')}。"
    return error.format_message()


def _name(error: click.BadParameter) -> str:
    param = error.param
    if isinstance(param, click.Option):
        return f"选项 {param.opts[0]}"
    return f"参数 {param.make_metavar(error.ctx)}" if param and error.ctx else "参数"


def _wanted(param: click.Parameter | None) -> str:
    match param.type if param else None:
        case click.Choice(choices=choices):
            return f"，可选：{'、'.join(map(str, choices))}"
        case click.IntRange(min=low, max=high):
            return f"，须是 {low} 到 {high} 之间的整数"
    return ""
