"""Does FIPS mode allow the algorithm of the SCTP cookie?"""

from agent.checks.context import Check, CheckContext, passed, skipped
from agent.findings import Cause, Finding, Origin, Reason

_ALGORITHM = "/proc/sys/net/sctp/cookie_hmac_alg"


def evaluate(context: CheckContext) -> Finding:
    """Judge net.sctp.cookie_hmac_alg against FIPS mode."""
    kernel = context.facts.kernel
    unread = context.unread_at("/proc/sys/crypto/fips_enabled", _ALGORITHM)
    if unread and kernel.fips is not False:
        return unread
    if not kernel.fips:
        return skipped("the kernel is not in FIPS mode")
    if not kernel.cookie_algorithm:
        return skipped("sctp is not loaded: its algorithm is not known")
    if kernel.cookie_algorithm != "md5":
        return passed(f"the cookie uses {kernel.cookie_algorithm}")
    text = "net.sctp.cookie_hmac_alg is md5, which FIPS mode does not allow"
    origin = Origin(_ALGORITHM, None, "md5")
    return context.warning(Cause(Reason.FIPS_COOKIE_ALGORITHM, text, (origin,)))


CHECK = Check(
    "fips_cookie",
    "FIPS mode allows the cookie algorithm",
    "An SCTP listener signs its state cookie with net.sctp.cookie_hmac_alg. In "
    "FIPS mode the kernel refuses md5: then listen() fails though the module is "
    "loaded.",
    evaluate,
)
