"""Completion for shells, made of the table of flags: nothing to keep in step."""

import sys
from collections.abc import Iterator

from agent.checks import discover
from agent.cli.option import Option
from agent.cli.options import OPTIONS, SHELLS, SUMMARIES
from agent.cli.settings import CompletionSettings
from agent.findings import Reason
from agent.runbooks import library

_PROGRAM = "sctp-node-agent"
_GROUP = "machineconfig"


def run_completion(settings: CompletionSettings) -> int:
    """Write the script for the shell that was named."""
    sys.stdout.write(completion(settings.shell))
    return 0


def completion(shell: str) -> str:
    """Return the script for bash, zsh or fish, to be sourced by it."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]()


def _flags(command: str) -> list[Option]:
    return [option for option in OPTIONS if command in option.commands]


def _takes_file(option: Option) -> bool:
    return option.flag.endswith(("file", ".file")) or option.flag in {
        "--root",
        "--textfile",
    }


def _arguments(command: str) -> list[str]:
    """Return the words that may stand without a flag."""
    if command == "explain":
        names = [check.name for check in discover()]
        return ["all", *names, *(reason.value for reason in Reason), *library.names()]
    return list(SHELLS) if command == "completion" else []


def _top() -> list[str]:
    return list(dict.fromkeys(command.split()[0] for command in SUMMARIES))


def _subcommands() -> list[str]:
    return [command.split()[1] for command in SUMMARIES if " " in command]


def _bash() -> str:
    return _BASH.format(
        top=" ".join([*_top(), "--help", "--version"]),
        group=_GROUP,
        nested=" ".join([*_subcommands(), "--help"]),
        values="\n".join(_bash_values()),
        words="\n".join(
            f"    '{command}') words='{' '.join(_bash_words(command))}' ;;"
            for command in SUMMARIES
        ),
        program=_PROGRAM,
    )


def _bash_words(command: str) -> list[str]:
    return [*_arguments(command), *(o.flag for o in _flags(command)), "--help"]


def _bash_values() -> Iterator[str]:
    for command in SUMMARIES:
        for option in _flags(command):
            pattern = f"    '{command} {option.flag}')"
            if isinstance(option.kind, tuple):
                yield f"{pattern} words='{' '.join(option.kind)}' ;;"
            elif _takes_file(option):
                yield f"{pattern} words= files=1 ;;"
            elif option.kind is not bool:
                yield f"{pattern} return ;;"


_BASH = """\
# bash: source <({program} completion bash)
_sctp_node_agent() {{
  local current=${{COMP_WORDS[$COMP_CWORD]}} flag=${{COMP_WORDS[$((COMP_CWORD-1))]}}
  local command= word words= files= prefix=
  COMPREPLY=()
  # bash splits --flag=value at the equals sign
  if [[ $current == = ]]; then
    current=
  elif [[ $flag == = ]]; then
    flag=${{COMP_WORDS[$((COMP_CWORD-2))]}}
  elif [[ $current == --*=* ]]; then
    flag=${{current%%=*}} prefix=${{current%%=*}}= current=${{current#*=}}
  fi
  for word in "${{COMP_WORDS[@]:1:$((COMP_CWORD-1))}}"; do
    case $word in
      -*|=) [[ -n $command && $command != {group} ]] && break ;;
      *) command=${{command:+$command }}$word
         [[ $command != {group} ]] && break ;;
    esac
  done
  case $command in
    '') words='{top}' ;;
    {group}) words='{nested}' ;;
{words}
  esac
  [[ $command == '{group} verify' || $command == *' verify' ]] && files=1
  case "$command $flag" in
{values}
  esac
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "$current"))
  if [[ -n $files && $current != -* ]]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -P "$prefix" -f -- "$current"))
  fi
}}
complete -F _sctp_node_agent {program}
"""


def _zsh() -> str:
    # zsh runs bash's completions as they are.
    note = f"# zsh: source <({_PROGRAM} completion zsh)\n"
    load = "(( $+functions[compdef] )) || { autoload -U compinit && compinit; }\n"
    bash = "autoload -U +X bashcompinit && bashcompinit\n"
    return note + load + bash + _bash().partition("\n")[2]


def _fish() -> str:
    return "\n".join(_fish_lines()) + "\n"


def _fish_lines() -> Iterator[str]:
    yield f"# fish: {_PROGRAM} completion fish | source"
    yield f"complete -c {_PROGRAM} -f"
    for top in _top():
        summary = SUMMARIES.get(top, "write and judge MachineConfigs")
        condition = "__fish_use_subcommand"
        yield _fish_line(f"-n {condition} -a {top}", summary)
    for name in _subcommands():
        others = " ".join(_subcommands())
        condition = (
            f"'__fish_seen_subcommand_from {_GROUP};"
            f" and not __fish_seen_subcommand_from {others}'"
        )
        yield _fish_line(f"-n {condition} -a {name}", SUMMARIES[f"{_GROUP} {name}"])
    for command in SUMMARIES:
        condition = f"'__fish_seen_subcommand_from {command.split()[-1]}'"
        for word in _arguments(command):
            yield _fish_line(f"-n {condition} -a {word}", "")
        for option in _flags(command):
            yield _fish_line(f"-n {condition} {_fish_flag(option)}", option.help)
    yield f"complete -c {_PROGRAM} -n '__fish_seen_subcommand_from verify' -F"


def _fish_flag(option: Option) -> str:
    flag = f"-l {option.flag.removeprefix('--')}"
    if option.kind is bool:
        return flag
    if isinstance(option.kind, tuple):
        return f"{flag} -x -a '{' '.join(option.kind)}'"
    return f"{flag} -r -F" if _takes_file(option) else f"{flag} -x"


def _fish_line(what: str, description: str) -> str:
    text = description.replace("\\", "\\\\").replace("'", "\\'")
    return f"complete -c {_PROGRAM} {what}" + (f" -d '{text}'" if text else "")
