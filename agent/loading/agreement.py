"""One forecast from several: what holds whichever rules the node follows."""

from collections.abc import Iterable

from agent.findings import Cause, Reason
from agent.loading.forecast import Forecast, TriState


def agree(alternatives: Iterable[tuple[Forecast, ...]]) -> tuple[Forecast, ...]:
    """Return the forecasts, column by column; one that differs is unknown."""
    return tuple(map(_one, zip(*alternatives, strict=True)))


def _one(forecasts: tuple[Forecast, ...]) -> Forecast:
    if len({forecast.likelihood for forecast in forecasts}) == 1:
        return forecasts[0]
    text = "versions of kmod differ here and the node's version is not known"
    causes = [cause for forecast in forecasts for cause in forecast.causes]
    first = Cause(Reason.VERSION_DECIDES, text)
    return Forecast(TriState.UNKNOWN, tuple(dict.fromkeys([first, *causes])))
