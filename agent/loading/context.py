"""What a forecast about loading sctp depends on."""

from dataclasses import dataclass

from agent.facts import (
    BootFacts,
    HelperFact,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    SystemFacts,
)
from agent.kmod.tree import Tree


@dataclass(frozen=True, slots=True)
class LoadContext:
    """All that a prediction depends on; *boot_helper* is kernel.modprobe then."""

    kernel: KernelFacts
    system: SystemFacts
    modprobe: ModprobeFacts
    boot: BootFacts
    module: ModuleFacts
    tree: Tree
    boot_helper: HelperFact
