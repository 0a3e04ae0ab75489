"""The commands: one file each, the flags, and settings that were checked."""

import os
import signal


def heed_the_end(process: int) -> None:
    """Let SIGTERM end this *process* if it is the first one of a container.

    The kernel drops what process 1 has no handler for, and what is imported next takes
    a while: a SIGTERM in that time would be lost, and waited for until the SIGKILL.
    """
    if process == 1:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))


heed_the_end(os.getpid())
