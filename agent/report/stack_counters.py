"""The Prometheus names of the SCTP stack's own counters: a closed table."""

from dataclasses import dataclass

ASSOCIATIONS = "SctpCurrEstab"  # the only one that also goes down


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter of the kernel, and how metrics call it (without `_total`)."""

    kernel_name: str
    name: str
    meaning: str


# The kernel's names and order (net/sctp/proc.c); meanings after RFC 3873 and the
# places in the stack that count. A newer kernel's further counters are left out.
COUNTERS = (
    Counter("SctpActiveEstabs", "active_associations", "Associations set up from here"),
    Counter(
        "SctpPassiveEstabs", "passive_associations", "Associations set up by peers"
    ),
    Counter("SctpAborteds", "aborted_associations", "Associations aborted"),
    Counter("SctpShutdowns", "shutdown_associations", "Associations shut down"),
    Counter("SctpOutOfBlues", "out_of_blue_packets", "Packets of no known association"),
    Counter("SctpChecksumErrors", "checksum_errors", "Packets with a wrong checksum"),
    Counter("SctpOutCtrlChunks", "sent_control_chunks", "Control chunks sent"),
    Counter("SctpOutOrderChunks", "sent_ordered_chunks", "Ordered data chunks sent"),
    Counter(
        "SctpOutUnorderChunks", "sent_unordered_chunks", "Unordered data chunks sent"
    ),
    Counter("SctpInCtrlChunks", "received_control_chunks", "Control chunks received"),
    Counter(
        "SctpInOrderChunks", "received_ordered_chunks", "Ordered data chunks received"
    ),
    Counter(
        "SctpInUnorderChunks",
        "received_unordered_chunks",
        "Unordered data chunks received",
    ),
    Counter("SctpFragUsrMsgs", "fragmented_messages", "Messages fragmented to send"),
    Counter("SctpReasmUsrMsgs", "reassembled_messages", "Messages reassembled"),
    Counter("SctpOutSCTPPacks", "sent_packets", "Packets sent"),
    Counter("SctpInSCTPPacks", "received_packets", "Packets received"),
    Counter("SctpT1InitExpireds", "t1_init_expirations", "Unanswered INIT chunks"),
    Counter(
        "SctpT1CookieExpireds", "t1_cookie_expirations", "Unanswered COOKIE ECHO chunks"
    ),
    Counter(
        "SctpT2ShutdownExpireds",
        "t2_shutdown_expirations",
        "Unanswered SHUTDOWN chunks",
    ),
    Counter(
        "SctpT3RtxExpireds", "t3_rtx_expirations", "Expired retransmission timers (T3)"
    ),
    Counter("SctpT4RtoExpireds", "t4_rto_expirations", "Unanswered ASCONF chunks (T4)"),
    Counter(
        "SctpT5ShutdownGuardExpireds",
        "t5_shutdown_guard_expirations",
        "Shutdowns given up (T5)",
    ),
    Counter(
        "SctpDelaySackExpireds",
        "delayed_sack_expirations",
        "Acknowledgements sent because their delay was over",
    ),
    Counter(
        "SctpAutocloseExpireds",
        "autoclose_expirations",
        "Associations closed for idleness",
    ),
    Counter(
        "SctpT3Retransmits",
        "t3_retransmissions",
        "Retransmissions because a timer expired",
    ),
    Counter(
        "SctpPmtudRetransmits",
        "pmtud_retransmissions",
        "Retransmissions because the path's MTU shrank",
    ),
    Counter(
        "SctpFastRetransmits",
        "fast_retransmissions",
        "Retransmissions because acknowledgements showed a gap",
    ),
    Counter(
        "SctpInPktSoftirq",
        "softirq_packets",
        "Packets processed at once, in the soft interrupt",
    ),
    Counter(
        "SctpInPktBacklog",
        "backlog_packets",
        "Packets queued because the socket was in use",
    ),
    Counter("SctpInPktDiscards", "discarded_packets", "Received packets discarded"),
    Counter(
        "SctpInDataChunkDiscards",
        "discarded_data_chunks",
        "Received data chunks discarded",
    ),
)
