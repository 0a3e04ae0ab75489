"""Short files of the kernel, read with an account of what could not be."""

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.sources import capture
from agent.sources.lenient import text_of


class Reader:
    """Short kernel files; what cannot be read is collected in *gaps*."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.gaps: list[Gap] = []

    def text(self, path: str) -> str | None:
        """Return the stripped text, None when absent or unreadable."""
        text = text_of(self._host, path, self.gaps)
        return None if text is None else text.strip()

    def flag(self, path: str, on: str) -> bool | None:
        """Return whether the text is *on*; absent is off, unreadable None."""
        file = self._host.read(path)
        if file.unseen:
            self.gaps.append(Gap(path, file.problem))
            return None
        return file.text.strip() == on

    def sysctl(self, path: str) -> str | None:
        """Return the text of a file under /proc/sys, or what sos printed of it."""
        text = self.text(path)
        if text is not None or self._host.live:
            return text
        return capture.sysctls(self._host).get(
            path.removeprefix("/proc/sys/").replace("/", ".")
        )
