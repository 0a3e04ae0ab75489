"""A rule broken on purpose is found: the comparison would notice a real mistake."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agent.kmod import grammar, plan
from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import BadLine, Directive
from agent.kmod.rules import KmodRules
from agent.sources import modprobe
from agent.systemd import modules_load
from agent.systemd.modules_load import Entry
from tests.oracle.bench import BootBench, KmodBench, Nodes, run

pytestmark = pytest.mark.oracle

_PARSE = "agent.kmod.config.parse"
_CANONICAL = "agent.kmod.grammar.canonical"
_INSTALL = "agent.kmod.config.ModprobeConfig.install"
_ALIASES = "agent.kmod.config.ModprobeConfig.aliases"
_TAKE = "agent.sources.modprobe._take"
_STEPS = "agent.kmod.plan._Planner.steps"
_BOOT_PARSE = "agent.systemd.modules_load.parse"
Parsed = Iterator[Directive | BadLine]
Mistake = tuple[str, Callable[..., object]]  # what is replaced, and by what


def _comment_after_blanks(path: str, data: bytes, rules: KmodRules) -> Parsed:
    for item in grammar.parse(path, data, rules):
        if not item.origin.text.lstrip().startswith("#"):
            yield item


def _blank_for_continuation(path: str, data: bytes, rules: KmodRules) -> Parsed:
    return grammar.parse(path, data.replace(b"\\\n", b" "), rules)


def _return_ends_a_line(path: str, data: bytes, rules: KmodRules) -> Parsed:
    return grammar.parse(path, data.replace(b"\r\n", b"\n"), rules)


def _dashes_stay(name: str) -> str | None:
    return None if _GENUINE_CANONICAL(name) is None else name


def _last_install(config: ModprobeConfig, module: str) -> Directive | None:
    backwards = ModprobeConfig(config.directives[::-1])
    return _GENUINE_INSTALL(backwards, module)


def _first_alias(config: ModprobeConfig, name: str) -> tuple[Directive, ...]:
    return _GENUINE_ALIASES(config, name)[:1]


def _mask_nothing(host: Any, chosen: Any, path: str, name: str) -> None:  # noqa: ANN401  # private types
    chosen.by_name.clear()
    _GENUINE_TAKE(host, chosen, path, name)


def _install_despite_softdep(planner: Any) -> tuple[plan.Step, ...]:  # noqa: ANN401  # a private type
    planner.ignored = dict.fromkeys(planner.ignored, False)
    steps: tuple[plan.Step, ...] = _GENUINE_STEPS(planner)
    return steps


_GENUINE_CANONICAL = grammar.canonical
_GENUINE_INSTALL = ModprobeConfig.install
_GENUINE_ALIASES = ModprobeConfig.aliases
_GENUINE_TAKE = vars(modprobe)["_take"]
_GENUINE_BOOT_PARSE = modules_load.parse
_GENUINE_STEPS = vars(plan)["_Planner"].steps


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param((_PARSE, _comment_after_blanks), id="comment after blanks"),
        pytest.param((_PARSE, _blank_for_continuation), id="continuation is a blank"),
        pytest.param((_PARSE, _return_ends_a_line), id="CR LF ends a line"),
        pytest.param((_CANONICAL, _dashes_stay), id="dashes stay dashes"),
        pytest.param((_INSTALL, _last_install), id="last install line wins"),
        pytest.param((_ALIASES, _first_alias), id="only the first alias counts"),
        pytest.param((_TAKE, _mask_nothing), id="no file masks another"),
        pytest.param((_STEPS, _install_despite_softdep), id="softdep leaves install"),
    ],
)
def test_broken_kmod_rule_is_found(
    mistake: Mistake,
    monkeypatch: pytest.MonkeyPatch,
    benches: tuple[KmodBench, ...],
    kmod_nodes: Nodes,
    trees: int,
) -> None:
    """Within the usual number of nodes, one shows that the rule is wrong."""
    monkeypatch.setattr(*mistake)

    tally = run(benches, kmod_nodes, trees, shrink=False)

    assert tally.failure


def _lines_at_newlines_only(path: str, data: bytes) -> Iterator[Entry]:
    return _GENUINE_BOOT_PARSE(path, data.replace(b"\r", b" "))


def _semicolon_is_a_name(path: str, data: bytes) -> Iterator[Entry]:
    return _GENUINE_BOOT_PARSE(path, data.replace(b";", b"s"))


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param((_BOOT_PARSE, _lines_at_newlines_only), id="CR ends no line"),
        pytest.param((_BOOT_PARSE, _semicolon_is_a_name), id="semicolon in a name"),
    ],
)
def test_broken_systemd_rule_is_found(
    mistake: Mistake,
    monkeypatch: pytest.MonkeyPatch,
    boot_benches: tuple[BootBench, ...],
    boot_nodes: Nodes,
    boot_trees: int,
) -> None:
    """Likewise for what systemd-modules-load does."""
    monkeypatch.setattr(*mistake)

    tally = run(boot_benches, boot_nodes, boot_trees, shrink=False)

    assert tally.failure
