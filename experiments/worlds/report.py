"""Tables of what the worlds showed, as Markdown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import fmean

from experiments.worlds.catalogue import WORLDS
from experiments.worlds.figures import Figures
from experiments.worlds.moments import AGES
from experiments.worlds.record import AFTER_EVENT, END, RANDOM, Run

_WORLDS = """\
| world | seeds | promised / true | lowest | highest | past rate / true | MAE | correlation \
| AUC (best) | log loss (past rate) | worse than past rate |
|---|---|---|---|---|---|---|---|---|---|---|
"""
_DEMO = """\
| demo | promised / true, all seeds | mean | lowest | highest | MAE | questions a seed |
|---|---|---|---|---|---|---|
"""


def report(runs: Sequence[Run]) -> str:
    """Return the figures of all worlds, and those of the demo by moment and age."""
    rows = [_row(name, of) for name in WORLDS if (of := _of(runs, name))]
    parts = [_WORLDS + "\n".join(rows)]
    if demo := _of(runs, "demo"):
        parts.append(_DEMO + "\n".join(_demo_rows(demo)))
    if constant := _of(runs, "constant"):
        factors = [run.strongest_reason for run in constant if run.strongest_reason is not None]
        parts.append(
            "Constant world, the strongest reason listed in the median lead: odds × "
            f"{fmean(factors):.2f} in the mean of the seeds, {max(factors):.2f} at most."
        )
    return "\n\n".join(parts)


def _of(runs: Iterable[Run], world: str) -> list[Run]:
    return [run for run in runs if run.world == world]


def _row(world: str, runs: Sequence[Run]) -> str:
    figures = [run.figures[END] for run in runs]
    correlations = [each.correlation for each in figures if each.correlation is not None]
    worse = sum(each.log_loss > each.constant_log_loss for each in figures)
    cells = [
        world,
        str(len(runs)),
        *_ratios(figures),
        f"{_mean(figures, lambda each: each.constant_ratio):.2f}",
        f"{_mean(figures, lambda each: each.error):.4f}",
        f"{fmean(correlations):.2f}" if correlations else "–",
        f"{_mean(figures, lambda each: each.auc):.3f} "
        f"({_mean(figures, lambda each: each.best_auc):.3f})",
        f"{_mean(figures, lambda each: each.log_loss):.4f} "
        f"({_mean(figures, lambda each: each.constant_log_loss):.4f})",
        f"{worse} of {len(runs)}",
    ]
    return _line(cells)


def _demo_rows(runs: Sequence[Run]) -> Iterator[str]:
    for moment in (END, RANDOM, AFTER_EVENT):
        for asked in (moment, *(f"{moment}, {age}" for age in AGES)):
            # The smallest demos have no lead of its first day at the end.
            figures = [run.figures[asked] for run in runs if asked in run.figures]
            if figures:
                yield _demo_row(asked, figures)


def _demo_row(asked: str, figures: Sequence[Figures]) -> str:
    together = sum(each.promised for each in figures) / sum(each.true for each in figures)
    questions = _mean(figures, lambda each: each.questions)
    error = _mean(figures, lambda each: each.error)
    cells = [asked, f"{together:.2f}", *_ratios(figures), f"{error:.4f}", f"{questions:,.0f}"]
    return _line(cells)


def _ratios(figures: Sequence[Figures]) -> list[str]:
    """Return the mean, the lowest and the highest of promised over true."""
    ratios = [each.ratio for each in figures]
    return [f"{ratio:.2f}" for ratio in (fmean(ratios), min(ratios), max(ratios))]


def _mean(figures: Iterable[Figures], of: Callable[[Figures], float]) -> float:
    return fmean(of(each) for each in figures)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
