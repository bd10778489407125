"""Where the time of a request goes: each step of an explained answer, without HTTP.

A lead with its profile and 20 events, a model trained on simulated leads; medians. The steps are
timed as they follow each other: repeated alone, each would find its code and data in the processor
and take half as long. They add up to the whole but for what joins them.

    python -m experiments.benchmarks.request_path
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console

from experiments.benchmarks.http_scoring import scored_lead
from experiments.simulator import simulate
from features.contract.clock import now
from features.online import OnlineFeatures
from serving.http.requests.score import ScoreRequest
from serving.model.artefact import load_model
from serving.model.scorer import LeadModel
from serving.scoring.answer import Enquiry, assess, compose
from serving.scoring.basis import ModelBasis
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from serving.scoring.strongest import Listing
from training.pipeline import train
from training.progress import Progress

_TRAINED_ON = 10_000
_RUNS = 2_000
_WHOLE = "all of it"


class Steps:
    """An answer step by step, and as the service gives it."""

    def __init__(self, model: LeadModel) -> None:
        """Take what scores."""
        self._body, self._listing = scored_lead(), Listing()
        self._basis, self._scoring = ModelBasis(model), Scoring(read_rules(), model)
        self._features = OnlineFeatures(self._basis.feature_set)

    def one_by_one(self) -> Iterator[str]:
        """Do each step, and yield its name when it is done."""
        request = ScoreRequest.model_validate_json(self._body)
        yield "validate the body"
        case = request.case(now=0)
        yield "hand on as plain objects"
        row = self._features.row(case.lead, case.events, case.as_of)
        yield "features of both levels"
        [assessment] = assess(self._basis, row.table)
        yield "encode and explain"
        enquiry = Enquiry(case.lead.lead_id, case.as_of)
        answer = compose(enquiry, assessment, self._listing, "en", None)
        yield "reasons and answer"
        answer.model_dump_json()
        yield "write JSON"

    def whole(self) -> Iterator[str]:
        """Do all of them."""
        case = ScoreRequest.model_validate_json(self._body).case(now=0)
        self._scoring.score(case, time.monotonic()).model_dump_json()
        yield _WHOLE


def medians(steps: Steps) -> dict[str, float]:
    """Return the median microseconds of each step, after some that are not counted."""
    took: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(_RUNS):
        for in_turn in (steps.one_by_one, steps.whole):
            begun = time.perf_counter()
            for name in in_turn():
                ended = time.perf_counter()
                took[name].append(1e6 * (ended - begun))
                begun = time.perf_counter()
    return {name: float(np.median(times[_RUNS // 5 :])) for name, times in took.items()}


def main() -> int:
    """Print each step and its share."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        simulation = simulate(Path(temporary), leads=_TRAINED_ON)
        train(simulation.project, Progress(Console(quiet=True)), now=now()).shipped.save(
            Path(temporary, "model")
        )
        model = load_model(Path(temporary, "model"))
    trees = model.ensemble.trees.trees if model.ensemble.trees else 0
    print(f"{len(model.manifest.feature_set.features)} features, {trees} trees")
    took = medians(Steps(model))
    whole = took.pop(_WHOLE)
    for name, microseconds in took.items():
        print(f"{name:>26}: {microseconds:7.1f} µs, {microseconds / whole:4.0%}")
    print(f"{'together':>26}: {sum(took.values()):7.1f} µs, {sum(took.values()) / whole:4.0%}")
    print(f"{_WHOLE:>26}: {whole:7.1f} µs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
