"""What was observed of a node beside what is forecast from it."""

from dataclasses import dataclass

from agent.facts import NodeFacts
from agent.loading.forecast import LoadForecasts


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that a judgement about the node rests on."""

    facts: NodeFacts = NodeFacts()
    forecasts: LoadForecasts = LoadForecasts()
