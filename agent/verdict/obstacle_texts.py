"""What to do about what stands in the way, by the place that is named."""

from agent.kernel.obstacles import Obstacle
from agent.names import DISABLED, HELPER, MOUNTS

BY_OBSTACLE = {
    MOUNTS: "have the file written by what makes this node's /etc at each boot: its "
    "image, its user data or its settings",
    Obstacle.LOOPBACK_DOWN.place: "set lo up and give it its addresses (`ip link set "
    "lo up`, `ip address add 127.0.0.1/8 dev lo`) in the network namespace that is "
    "named; for IPv6 net.ipv6.conf.lo.disable_ipv6 has to be 0",
    Obstacle.ADDIP_WITHOUT_AUTH.place: "set net.sctp.auth_enable=1 beside "
    "net.sctp.addip_enable=1, or addip_enable=0, in /etc/sysctl.d, and for pods in "
    "their sysctls",
    Obstacle.CONNTRACK_FULL.place: "raise net.netfilter.nf_conntrack_max, and find "
    "what fills the table (`conntrack -C`, `conntrack -L`)",
}

SET_BY_SOMETHING = {
    DISABLED: "find what sets kernel.modules_disabled, which no sysctl.d file does "
    "(`grep -rsl modules_disabled /etc /usr/lib/systemd`); set it in /etc/sysctl.d "
    "instead, which comes after modules-load.d, or not at all",
    HELPER: "find what sets kernel.modprobe, which no sysctl.d file does (`grep -rsl "
    "kernel.modprobe /etc /usr/lib/systemd`); set it to /sbin/modprobe in "
    "/etc/sysctl.d",
}
