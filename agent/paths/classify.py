"""The class of a failure, from the stage, the errno and the counters."""

from collections.abc import Mapping

from agent.paths.outcome import FailureClass, Stage

CHECKSUM_ERRORS = "SctpChecksumErrors"
ABORTS = "SctpAborteds"

_CONNECT = {
    "ECONNREFUSED": FailureClass.REFUSED,
    "ENOPROTOOPT": FailureClass.PROTOCOL_UNREACHABLE,
    "ETIMEDOUT": FailureClass.TIMEOUT,
    "ECONNRESET": FailureClass.RESET,
}
_EXCHANGE = {
    "ETIMEDOUT": FailureClass.TIMEOUT,
    "EBADMSG": FailureClass.WRONG_RESPONDER,
    "EILSEQ": FailureClass.CORRUPTED,
}


def classify(
    stage: Stage,
    error: str,
    *,
    echoed: int,
    counters: Mapping[str, int],
) -> FailureClass:
    """Return the class of an attempt that failed with *error*, an errno's name.

    *echoed* is the number of payloads that came back before. EBADMSG stands for
    an answer of another protocol, EILSEQ for one with other bytes.
    """
    if error == "ETIMEDOUT" and counters.get(CHECKSUM_ERRORS, 0) > 0:
        return FailureClass.CORRUPTED
    if stage == Stage.CONNECT:
        return _CONNECT.get(error, FailureClass.UNREACHABLE)
    if error == "ETIMEDOUT" and echoed:
        return FailureClass.LARGE_LOST
    return _EXCHANGE.get(error, FailureClass.RESET)
