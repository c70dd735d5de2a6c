"""Looking into a folder again and again: a file is taken when two looks in a row saw the same of it."""

from collections.abc import Callable, Iterator

from bridges.watching.events import Event
from bridges.watching.folder import Signature, WatchedFolder
from bridges.watching.taking import CHANGING, Taker

SETTLED = ("done", "refused")
LOOKED_AT = ("skipped", "failed")


class Watcher:
    """`wait`: until the next look; `ended`: whether somebody asked for the end."""

    def __init__(
        self, folder: WatchedFolder, taker: Taker, wait: Callable[[], None], ended: Callable[[], bool]
    ) -> None:
        self._folder, self._taker, self._wait, self._ended = folder, taker, wait, ended
        self._told: dict[str, tuple[str, Signature | None]] = {}

    def watch(self, once: bool) -> Iterator[Event]:
        """What becomes of the files, each told once, until the end is asked for; `once`: after two looks. What is no
        sheet, or met an error of ours, is looked at again when it was changed."""
        before = self._folder.files()
        while not self._ended():
            self._wait()
            now = self._folder.files()
            self._told = {file: told for file, told in self._told.items() if file in now}
            for file in sorted(now.keys() & before.keys()):
                if self._ended():
                    return
                if self._told.get(file) != ("", now[file]) and (event := self._look(file, before[file], now)):
                    yield event
            if once:
                return
            before = now

    def _look(self, file: str, before: Signature, now: dict[str, Signature]) -> Event | None:
        """The event, if it is news."""
        same = before == now[file]
        event = self._taker.take(file) if same else Event(file, "waiting", "changing", CHANGING)
        if event.state in SETTLED:
            del now[file]  # another one of this name begins anew
            return event
        said = ("", now[file]) if event.state in LOOKED_AT else (event.code, None)
        if self._told.get(file) == said:
            return None
        self._told[file] = said
        return event
