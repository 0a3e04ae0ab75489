"""Security contexts, and the file that says which ones containers are given."""

_COMMENTS = ("#", ";")


def type_of(context: str) -> str:
    """Return the type (of a process: the domain), "" if this is no context.

    >>> type_of("system_u:system_r:container_t:s0:c1,c2")
    'container_t'
    """
    match context.split(":"):
        case [user, role, name, *_] if user and role:
            return name
        case _:
            return ""


def container_label(text: str) -> str:
    """Return the context that a runtime gives to a container's process.

    *text* is lxc_contexts or what overrides it. Runtimes label nothing, "" here,
    unless it has a context for files too.
    """
    values = {}
    for line in map(str.strip, text.splitlines()):
        key, equals, value = line.partition("=")
        if equals and not line.startswith(_COMMENTS):
            values[key.strip()] = value.strip().strip('"')
    label = values.get("process", "")
    return label if values.get("file") and type_of(label) else ""


def is_initial_name(label: str) -> bool:
    """Tell whether a process' *label* is a bare name: no policy is loaded.

    Before that the kernel knows no contexts and calls every process `kernel`.
    """
    return label.isidentifier()
