"""What watching a folder refuses."""

from tenants.errors import ZwgkError


class FolderWatched(ZwgkError):
    """Two watchers would take each other's files away."""

    code = "folder_watched"
    sentence = "文件夹“{folder}”已经在被监视。"
    by_command = "（另一个 zwgk sheet watch）"


class WatchTooFast(ZwgkError):
    """A loop without a pause would keep a processor and the share busy."""

    code = "watch_too_fast"
    sentence = "间隔为 0 时只能查看一次。"
    by_command = "（--every 0 须与 --once 一起用）"
