"""Files and folders as they are typed on the command line."""

from pathlib import Path
from typing import Any

import click


class TypedPath(click.Path):
    """As `click.Path`, with refusals in Chinese. The empty word is no path: `Path("")` would be the current folder."""

    def __init__(self, **wanted: Any) -> None:
        super().__init__(path_type=Path, **wanted)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails for what is of another kind than wanted, and for a name that no file can have."""
        try:
            path = super().convert(value, param, ctx)
            path.exists()
        except click.BadParameter:
            path = None
        except OSError:
            self.fail(f"“{value}”无法使用：名称太长，或没有权限。", param, ctx)
        if value == "" or path is None:
            self.fail(f"须是{'已有的' if self.exists else '一个'}{self._kind}。", param, ctx)
        return path

    @property
    def _kind(self) -> str:
        if self.file_okay and self.dir_okay:
            return "文件或文件夹"
        return "文件，不是文件夹" if self.file_okay else "文件夹，不是文件"
