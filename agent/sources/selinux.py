"""SELinux on the node: its mode, what it lets containers do, what a boot changes."""

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.values import UnseenError
from agent.selinux import booleans
from agent.selinux.contexts import is_initial_name
from agent.selinux.facts import SELinuxFacts
from agent.selinux.mode import Mode, mode_in, type_in
from agent.sources import capture, container_label, selinux_policy, selinux_store
from agent.sources.capture import Layout
from agent.sources.lenient import gap_of, given_text, read_text, text_of

CONFIG = "/etc/selinux/config"
ENFORCE = "/sys/fs/selinux/enforce"
_OWN_LABEL = "/proc/self/attr/current"
_FILE_SYSTEMS = "/proc/filesystems"
_SELINUX = "selinuxfs"


def gather(host: Host) -> tuple[SELinuxFacts, tuple[Gap, ...]]:
    """Read what decides over a container's sockets, and what could not be read.

    Without a kernel's own files, the configuration says what a boot will do.
    """
    gaps: list[Gap] = []
    try:
        facts = _live(host, gaps) if host.live else _at_rest(host, gaps)
    except UnseenError as error:
        gaps.append(gap_of(error))
        problem = str(gaps[-1])
        facts = SELinuxFacts(mode=Mode.UNKNOWN, setting=None, problem=problem)
    return facts, tuple(gaps)


def _live(host: Host, gaps: list[Gap]) -> SELinuxFacts:
    """Read the kernel's state.

    That the kernel has SELinux is in its list of file systems, whether or not
    selinuxfs is mounted, or shown to a container.
    """
    in_kernel = _SELINUX in given_text(host, _FILE_SYSTEMS).split()
    if in_kernel and is_initial_name(_own_label(host)):
        return SELinuxFacts(setting=_setting(host), no_policy=True)
    enforcing = _flag(host, ENFORCE, gaps)
    if enforcing is not None:
        return _running(host, gaps, enforcing=enforcing)
    if gaps:
        return SELinuxFacts(mode=Mode.UNKNOWN, setting=None, problem=str(gaps[0]))
    if in_kernel:
        return SELinuxFacts(mode=Mode.UNKNOWN, hidden=True)
    return SELinuxFacts(setting=_setting(host), absent=True)


def _running(host: Host, gaps: list[Gap], *, enforcing: bool) -> SELinuxFacts:
    policy = _policy_type(host)
    label, problem = container_label.find(host, policy)
    if not label:
        problem = problem or "no file says which label containers are given"
    answers = selinux_policy.ask(host, label) if label else None
    return SELinuxFacts(
        mode=Mode.ENFORCING if enforcing else Mode.PERMISSIVE,
        setting=_setting(host),
        label=label,
        may_load=answers.may_load if answers else None,
        denials=answers.denials if answers else (),
        boolean=_flag(host, f"/sys/fs/selinux/booleans/{booleans.NAME}", gaps),
        boolean_setting=selinux_store.boolean(host, policy),
        problem=problem or (answers.problem if answers else ""),
    )


def _at_rest(host: Host, gaps: list[Gap]) -> SELinuxFacts:
    policy = _policy_type(host)
    label, problem = container_label.find(host, policy)
    boolean = _flag(host, f"/sys/fs/selinux/booleans/{booleans.NAME}", gaps)
    in_store = selinux_store.boolean(host, policy)
    module = selinux_store.loosened_by(host, policy)
    if module:
        problem = f"the local policy module {module} may allow it"
    setting = _setting(host)
    if capture.layout(host) == Layout.MUST_GATHER:
        setting, problem = None, capture.uncollected(host, ENFORCE)
        gaps.append(Gap(ENFORCE, problem))
    return SELinuxFacts(
        mode=_kept_mode(host, gaps),
        setting=setting,
        label=label,
        boolean=boolean,
        boolean_setting=boolean if in_store is None else in_store,
        problem=problem,
    )


def _kept_mode(host: Host, gaps: list[Gap]) -> Mode:
    """Return the mode at the time when the files were taken."""
    enforcing = _flag(host, ENFORCE, gaps)
    if enforcing is None:
        return Mode.UNKNOWN
    return Mode.ENFORCING if enforcing else Mode.PERMISSIVE


def _own_label(host: Host) -> str:
    """Return the label of the agent itself, "" where the kernel has none for it."""
    return given_text(host, _OWN_LABEL).strip("\0\n ")


def _flag(host: Host, path: str, gaps: list[Gap]) -> bool | None:
    text = text_of(host, path, gaps)
    return None if text is None else text.split()[:1] == ["1"]


def _setting(host: Host) -> str | None:
    """Return `SELINUX=` of the configuration, None if that cannot be read."""
    file = host.read(CONFIG)
    if file.unseen:
        return None
    return mode_in(file.text)


def _policy_type(host: Host) -> str:
    return type_in(read_text(host, CONFIG, []))
