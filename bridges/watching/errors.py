"""What watching a folder refuses."""

from tenants.errors import ZwgkError


class FolderWatched(ZwgkError):
    """Two watchers would take each other's files away."""

    code = "folder_watched"
    sentence = "文件夹“{folder}”已经有一个 zwgk sheet watch 在监视。"


class WatchTooFast(ZwgkError):
    """A loop without a pause would keep a processor and the share busy."""

    code = "watch_too_fast"
    sentence = "--every 0 只能与 --once 一起用。"
