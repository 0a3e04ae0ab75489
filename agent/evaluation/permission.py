"""May a socket be opened? It makes the kernel load the module, for good."""

from agent.facts import ModuleFacts, NodeFacts
from agent.findings import ModuleState


def why_no_socket(
    module_facts: ModuleFacts, *, offline: bool, allow_autoload: bool
) -> str:
    """Return why no socket may be opened, "" when one may."""
    if offline:
        return "only files are judged"
    if allow_autoload:
        return ""
    if module_facts.state == ModuleState.BUILTIN:
        return ""
    if module_facts.state == ModuleState.LOADED:
        if module_facts.initstate == "live":
            return ""
        return f"the module is {module_facts.initstate}"
    return "sctp is not in the kernel, and a socket might load it"


def loaded_by_socket(facts: NodeFacts) -> bool:
    """Tell whether a probe that was allowed to has just loaded the module."""
    loadable = facts.module.state == ModuleState.LOADABLE
    return loadable and any(result.success for result in facts.sockets)
