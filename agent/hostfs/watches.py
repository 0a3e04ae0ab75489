"""What was asked of the node's files is watched: whoever changes an answer is noticed.

Not by a list of files: each folder that leads to an answer is watched before it is
looked into, with the names that were looked up there, missing ones included. So it is
right for links, for folders that are yet to come, and for whatever is asked tomorrow.
"""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.hostfs import inotify
from agent.hostfs.inotify import Event

_MOST = 1024  # folders; an evaluation looks into some sixty
_ROUNDS_KEPT = 2
_LARGEST = 1 << 16  # bytes of events read before the loop gets its turn

_Key = tuple[int, int]  # device and inode


@dataclass(slots=True)
class _Folder:
    """A watched folder, and what was asked of it when."""

    key: _Key
    names: dict[str, int] = field(default_factory=dict)  # the round, by name
    listing_round: int = -_ROUNDS_KEPT - 1
    latest_round: int = 0


class Watches:
    """Watches on the folders that evaluations look into; for any thread.

    *descriptor* is inotify's. What nobody has asked for in two rounds is watched no
    more. Where the kernel gives no watch, there is none: the interval is left.
    """

    def __init__(self) -> None:
        self.descriptor = inotify.create()
        self._folders: dict[int, _Folder] = {}  # by the watch's number
        self._by_key: dict[_Key, int] = {}
        self._round = 0
        self._lock = threading.Lock()

    def watch(self, folder: int, name: str | None) -> None:
        """Watch the open *folder* for *name*, None for all that it lists."""
        status = os.fstat(folder)
        key = status.st_dev, status.st_ino
        watch = self._by_key.get(key)
        if watch is None:
            if len(self._by_key) >= _MOST:
                return
            try:  # without the lock: it may take long
                watch = inotify.add(self.descriptor, folder)
            except OSError:  # it may not be read, or there is a limit of watches
                return
        with self._lock:
            self._by_key[key] = watch
            place = self._folders.get(watch)
            if place is None:
                place = self._folders[watch] = _Folder(key)
            place.latest_round = self._round
            if name is None:
                place.listing_round = self._round
            else:
                place.names[name] = self._round

    def next_round(self) -> None:
        """Give up what was not asked for in the last rounds; a new one begins."""
        with self._lock:
            self._round += 1
            oldest = self._round - _ROUNDS_KEPT
            old = [
                w for w, place in self._folders.items() if place.latest_round < oldest
            ]
            for watch in old:
                self._forget(watch)
            for place in self._folders.values():
                place.names = {n: r for n, r in place.names.items() if r >= oldest}
        for watch in old:
            inotify.remove(self.descriptor, watch)

    def drain(self) -> bool:
        """Read what has happened, within bounds; say whether an answer may differ."""
        try:
            data = os.read(self.descriptor, _LARGEST)
        except BlockingIOError:
            return False
        with self._lock:
            return self._is_news(inotify.parse(data))

    def close(self) -> None:
        """End all watches."""
        os.close(self.descriptor)

    def _is_news(self, events: Iterable[Event]) -> bool:
        # Every one is looked at: also those of watches that have ended.
        return sum(map(self._matters, events)) > 0

    def _matters(self, event: Event) -> bool:
        if event.mask & inotify.OVERFLOW:
            return True
        place = self._folders.get(event.watch)
        if event.mask & inotify.ENDED:  # by us, or with what it was on
            self._forget(event.watch)
            return place is not None
        if place is None:  # just made, or just given up
            return True
        if event.mask & (inotify.ITSELF | inotify.UNMOUNTED):
            return True
        is_listed = place.listing_round >= self._round - _ROUNDS_KEPT
        return os.fsdecode(event.name) in place.names or bool(
            is_listed and event.mask & inotify.NAMES
        )

    def _forget(self, watch: int) -> None:
        if place := self._folders.pop(watch, None):
            self._by_key.pop(place.key, None)
