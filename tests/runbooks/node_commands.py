"""What the commands do that a page gives for a shell on a node."""

import shlex

_READS = ()
_THIS_NODE = ("this node", "one node", "Each way reaches one node")
#: By program, words one of which the reach has to have; none for what only reads.
REACH: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("grep", "ip", "ipvsadm", "mount", "nft", "nstat", "ps"), _READS),
    **dict.fromkeys(("iptables-save", "tcpdump", "timeout", "ethtool -k"), _READS),
    **dict.fromkeys(("conntrack -L", "sysctl", "ethtool -S", "apiclient get"), _READS),
    **dict.fromkeys(("modprobe", "sed", "echo", "printf", "touch"), _THIS_NODE),
    **dict.fromkeys(("dnf", "apt-get", "zypper", "apiclient set"), _THIS_NODE),
    "apiclient reboot": ("drain",),
    "conntrack -D": ("SCTP flows to this one address",),
    "ethtool -K": ("one network device", "device on this node"),
    "systemctl reboot": ("reboot",),
    "systemctl restart": _THIS_NODE,
}
#: Programs whose first argument decides what they do.
_DECIDED = {"apiclient", "conntrack", "ethtool", "systemctl"}


def programs(block: str) -> list[str]:
    """Return the programs that *block* starts, with a deciding argument."""
    found = []
    for line in block.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&")
        words = [*lexer, ""]
        starts = [
            0,
            *(
                n + 1
                for n, word in enumerate(words)
                if word and set(word) <= set("|;&")
            ),
        ]
        for start in starts:
            name, first = words[start], words[start + 1 : start + 2]
            if name and words[start + 1 : start + 2] != ["="] and "=" not in name:
                found.append(" ".join([name, *first]) if name in _DECIDED else name)
    return found
