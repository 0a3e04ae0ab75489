"""What tells that a command has left no trace: its acts, and a node's files."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

#: Runs the command under an audit hook that notes every act that could leave a
#: trace, and stops SCTP sockets: here they would load the machine's own module.
WATCHED = """
import json, os, sys
acts = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.chflags", "os.chmod", "os.chown", "os.link", "os.mkdir", "os.putenv",
    "os.remove", "os.removexattr", "os.rename", "os.rmdir", "os.setxattr",
    "os.symlink", "os.truncate", "os.utime", "shutil.rmtree", "tempfile.mkstemp",
}
PROCESSES = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system",
    "os.kill", "pty.spawn", "subprocess.Popen",
}
def watch(event, args):
    if event == "open" and isinstance(args[2], int) and args[2] & WRITING:
        acts.append(f"write {args[0]}")
    elif event in CHANGES or event in PROCESSES:
        acts.append(event)
    elif event == "socket.__new__" and args[3] == 132:
        acts.append("SCTP socket")
        raise OSError(93, "stopped by the test")
sys.dont_write_bytecode = True
sys.addaudithook(watch)
from agent.cli.main import main
status = main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.write(json.dumps({"status": status, "acts": acts}))
"""


def snapshot(root: Path) -> Mapping[str, object]:
    """Return all that a change would show in; a read may move atime only."""
    found: dict[str, object] = {}
    for path in sorted([root, *root.rglob("*")]):
        status = path.lstat()
        content = ""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file() and os.access(path, os.R_OK):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        found[str(path)] = (
            *(status.st_mode, status.st_uid, status.st_gid, status.st_size),
            *(status.st_ino, status.st_nlink, status.st_mtime_ns, status.st_ctime_ns),
            content,
        )
    return found
