"""The templates as modules of Python: for the image, so that no node compiles them."""

from agent.web.page import page_templates
from agent.web.runbooks import runbook_templates
from agent.web.templating import COMPILED, sources


def compile_templates(target: str = COMPILED) -> None:
    """Write the modules into the folder *target*."""
    for kind, environment in (
        ("page", page_templates()),
        ("runbook", runbook_templates()),
    ):
        loader = environment.loader = sources()
        names = {n for n in loader.list_templates() if n.partition(".")[0] == kind}
        environment.compile_templates(target, zip=None, filter_func=names.__contains__)
