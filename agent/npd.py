"""The one line that node-problem-detector's custom plugin monitor reads."""

from agent.findings import Verdict
from agent.printable import printable

_LIMIT = 80  # bytes; the detector cuts what is longer (max_output_length)


def line(verdict: Verdict) -> str:
    """Return reason and message in at most 80 bytes, the important part first."""
    text = printable(f"{verdict.reason.value}: {verdict.message}")
    data = text.encode()
    if len(data) <= _LIMIT:
        return text
    return data[: _LIMIT - 3].decode(errors="ignore") + "..."
