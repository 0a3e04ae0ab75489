"""Predictions again and again: followed anew where anything they rest on is another."""

from dataclasses import dataclass, field, replace
from typing import Any

from agent.kmod.tree import Health, StaticTree, Tree, TreeModule
from agent.loading.context import LoadContext
from agent.loading.forecast import LoadForecasts
from agent.loading.predict import predict

_MOST = 4096  # answers to keep; a prediction asks some dozen
_NO_TREE = StaticTree()

_Answers = dict[tuple[str, str], Any]


class RepeatedPrediction:
    """Predicts as `predict` does, and keeps the last prediction.

    It stands where the facts are equal, and where the trees, asked again all that
    they were asked then, answer the same: nothing else goes into a prediction.
    """

    def __init__(self) -> None:
        self._last: _Last | None = None

    def __call__(self, now: LoadContext, boot: LoadContext) -> LoadForecasts:
        """Return the forecasts for *now* and for *boot*."""
        basis = _facts_of(now), _facts_of(boot)
        last = self._last
        if last and last.basis == basis and last.holds(now.tree, boot.tree):
            return last.forecasts
        tree_now = _AskedTree(now.tree)
        tree_boot = tree_now if boot.tree is now.tree else _AskedTree(boot.tree)
        forecasts = predict(replace(now, tree=tree_now), replace(boot, tree=tree_boot))
        self._last = None
        if len(tree_now.answers) + len(tree_boot.answers) <= _MOST:
            answers = tree_now.answers, tree_boot.answers
            self._last = _Last(basis, answers, forecasts)
        return forecasts


def _facts_of(context: LoadContext) -> LoadContext:
    """Return the facts alone, without what moves all the time and decides nothing."""
    return replace(
        context,
        kernel=replace(context.kernel, boot_time=None),
        module=replace(context.module, references=None),
        tree=_NO_TREE,
    )


@dataclass(frozen=True, slots=True)
class _Last:
    """A prediction, and all that it was made from."""

    basis: tuple[LoadContext, LoadContext]
    answers: tuple[_Answers, _Answers]
    forecasts: LoadForecasts

    def holds(self, now: Tree, boot: Tree) -> bool:
        """Tell whether the trees give the same answers."""
        return all(
            _ask(tree, *question) == answer
            for tree, answers in zip((now, boot), self.answers, strict=True)
            for question, answer in answers.items()
        )


@dataclass(frozen=True, slots=True)
class _AskedTree:
    """A tree that keeps what it was asked."""

    tree: Tree
    answers: _Answers = field(default_factory=dict)

    def module(self, name: str) -> TreeModule | None:
        entry: TreeModule | None = self._answer("module", name)
        return entry

    def aliases(self, name: str) -> tuple[str, ...]:
        modules: tuple[str, ...] = self._answer("aliases", name)
        return modules

    def symbols(self, name: str) -> tuple[str, ...]:
        modules: tuple[str, ...] = self._answer("symbols", name)
        return modules

    def builtin(self, name: str) -> bool:
        is_builtin: bool = self._answer("builtin", name)
        return is_builtin

    def builtin_aliases(self, name: str) -> tuple[str, ...] | None:
        modules: tuple[str, ...] | None = self._answer("builtin_aliases", name)
        return modules

    def health(self, path: str) -> Health:
        health: Health = self._answer("health", path)
        return health

    def magic(self, path: str) -> str:
        magic: str = self._answer("magic", path)
        return magic

    def _answer(self, question: str, name: str) -> Any:  # noqa: ANN401  # of the question
        key = question, name
        if key not in self.answers:
            self.answers[key] = _ask(self.tree, question, name)
        return self.answers[key]


def _ask(tree: Tree, question: str, name: str) -> Any:  # noqa: ANN401  # of the question
    return getattr(tree, question)(name)
