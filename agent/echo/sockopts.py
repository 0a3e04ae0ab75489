"""Options of SCTP sockets, packed as the kernel's structures of linux/sctp.h.

The timers suit a probe whose deadline is some seconds: by default a lost INIT is
repeated after three seconds, and an unanswered one for minutes.
"""

import socket
import struct

SCTP = socket.IPPROTO_SCTP
_RTOINFO, _ASSOCINFO, _INITMSG, _NODELAY, _AUTOCLOSE = 0, 1, 2, 3, 4
_PEER_ADDR_PARAMS, _EVENTS, _STATUS = 9, 11, 14
_IP_RECVERR, _IPV6_RECVERR = 11, 25

_FIRST_RTO, _MOST_RTO, _LEAST_RTO = 500, 1000, 400  # ms; SACKs are delayed by 200
_INITS = 8  # of them, within any deadline that makes sense
_RETRANSMISSIONS = 5  # to a peer that has gone, then the association is given up
_ABORT, _IN_ORDER = struct.pack("@ii", 1, 0), struct.pack("@ii", 0, 0)
# The packed sctp_paddrparams, as long as Linux before 4.19 has it: of no address, so of
# all that come; nothing but spp_flags, which are SPP_HB_DISABLE.
_NO_HEARTBEATS = struct.pack("=146xI2x", 1 << 1)
_STATUS_SIZE = 176
_FRAGMENT = struct.Struct("@20xI")  # in sctp_status: sstat_fragmentation_point


def hasten(sock: socket.socket) -> None:
    """Repeat what is lost within the second, on this socket and what it accepts."""
    rto = struct.pack("@i3I", 0, _FIRST_RTO, _MOST_RTO, _LEAST_RTO)
    sock.setsockopt(SCTP, _RTOINFO, rto)
    sock.setsockopt(SCTP, _INITMSG, struct.pack("@4H", 1, 1, _INITS, _MOST_RTO))
    limits = struct.pack("@iHH3I", 0, _RETRANSMISSIONS, 0, 0, 0, 0)
    sock.setsockopt(SCTP, _ASSOCINFO, limits)
    sock.setsockopt(SCTP, _NODELAY, 1)


def keep_to_one_path(sock: socket.socket) -> None:
    """Send no heartbeats, from this socket and what it accepts.

    An address that the peer lists is used only once a heartbeat was answered there.
    So the association stays on the path that was dialled, and nobody can make this
    kernel send packets to addresses of others.
    """
    sock.setsockopt(SCTP, _PEER_ADDR_PARAMS, _NO_HEARTBEATS)


def hear_icmp(sock: socket.socket) -> None:
    """Let ICMP errors end a connect at once, rather than its deadline later."""
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)


def abort_on_close(sock: socket.socket) -> None:
    """Let close() send ABORT and forget everything, whatever is unsent."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)


def close_in_order(sock: socket.socket) -> None:
    """Let close() send SHUTDOWN, or nothing when the peer has shut down."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _IN_ORDER)


def close_idle(sock: socket.socket, seconds: int) -> None:
    """Let the kernel end associations of a one-to-many socket that bring no data."""
    sock.setsockopt(SCTP, _AUTOCLOSE, seconds)


def announce_associations(sock: socket.socket) -> None:
    """Let a one-to-many socket receive SCTP_ASSOC_CHANGE, and no other event."""
    sock.setsockopt(SCTP, _EVENTS, bytes((0, 1)))


def one_packet(sock: socket.socket) -> int:
    """Return how many bytes of data one packet of the association carries.

    The kernel derives that from the path's MTU; a packet has no room for more.
    """
    (point,) = _FRAGMENT.unpack_from(sock.getsockopt(SCTP, _STATUS, _STATUS_SIZE))
    return int(point)


def has_association(sock: socket.socket) -> bool:
    """Say whether the association of a one-to-one socket is still there."""
    try:
        sock.getsockopt(SCTP, _STATUS, _STATUS_SIZE)
    except OSError:
        return False
    return True
