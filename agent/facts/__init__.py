"""What was observed on the node: frozen values with their origins, no judgement."""

from agent.facts.boot import Assignment, BootFacts, BootLoad, Init, ModuleService
from agent.facts.files import DropIn, Gap
from agent.facts.node import (
    Helper,
    HelperFact,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    NextKernel,
    NodeFacts,
    SystemFacts,
)

__all__ = [
    "Assignment",
    "BootFacts",
    "BootLoad",
    "DropIn",
    "Gap",
    "Helper",
    "HelperFact",
    "Init",
    "KernelFacts",
    "ModprobeFacts",
    "ModuleFacts",
    "ModuleService",
    "NextKernel",
    "NodeFacts",
    "SystemFacts",
]
