"""What is predicted of the sctp module: likelihoods with their causes."""

from dataclasses import dataclass
from enum import StrEnum

from agent.findings import Cause, Origin


class TriState(StrEnum):
    """Whether something will happen, as far as it can be known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Forecast:
    """Whether one way leads to a loaded sctp, and what is in its way.

    *entries* are those of modules-load.d that lead to sctp at boot.
    """

    likelihood: TriState = TriState.UNKNOWN
    causes: tuple[Cause, ...] = ()
    entries: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """The *lines* that deny sctp, and of their files those with other lines, too.

    *enough* when with them gone nothing in modprobe.d denies it.
    """

    lines: tuple[Origin, ...] = ()
    shared: frozenset[str] = frozenset()
    enough: bool = True


@dataclass(frozen=True, slots=True)
class LoadForecasts:
    """What the simulation says about the sctp module.

    *autoload* is for the first one-to-one IPv4 socket of an ordinary container now,
    *any_autoload* for a socket of any family and type that SELinux does not
    confine. *boot_load* is for systemd-modules-load at the next boot, the *boot_*
    autoloads come after it.
    *stopped* is what keeps, or may keep, a built-in sctp from starting then.
    *unrestricted* is for `modprobe sctp` as if no blacklist or alias line were
    there: it shows what else stands in the way. *removal* is what of modprobe.d has
    to go for sctp to be loaded.
    """

    autoload: Forecast = Forecast()
    any_autoload: Forecast = Forecast()
    boot_load: Forecast = Forecast()
    boot_autoload: Forecast = Forecast()
    boot_any_autoload: Forecast = Forecast()
    unrestricted: Forecast = Forecast()
    removal: Removal = Removal()
    stopped: Cause | None = None


def open_again(forecast: Forecast, cause: Cause) -> Forecast:
    """Return *forecast* as unknown, whatever it was: *cause* may overrule all of it."""
    return Forecast(TriState.UNKNOWN, (*forecast.causes, cause), forecast.entries)


def unknown_forecasts(cause: Cause) -> LoadForecasts:
    """Return the prediction where *cause* leaves everything open."""
    forecast = Forecast(TriState.UNKNOWN, (cause,))
    return LoadForecasts(
        autoload=forecast,
        any_autoload=forecast,
        boot_load=forecast,
        boot_autoload=forecast,
        boot_any_autoload=forecast,
        unrestricted=forecast,
    )
