"""Where the time of a request goes: each step of an explained answer, without HTTP.

A lead with its profile and 20 events, a model trained on simulated leads; medians.

    python -m experiments.benchmarks.request_path
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console

from experiments.benchmarks.http_scoring import scored_lead
from experiments.simulator import simulate
from features.contract.clock import now
from features.online import OnlineFeatures
from serving.http.request import ScoreRequest
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
_RUNS = 1000


def steps(model: LeadModel) -> dict[str, Callable[[], object]]:
    """Return each step of an answer, on what the step before it left."""
    basis, body = ModelBasis(model), scored_lead()
    features = OnlineFeatures(basis.feature_set)
    request = ScoreRequest.model_validate_json(body)
    case = request.case(now=0)
    row = features.row(case.lead, case.events, case.as_of)
    matrix = model.encoder.encode(row.table)
    [assessment] = assess(basis, row.table)
    enquiry, listing = Enquiry(case.lead.lead_id, case.as_of), Listing()
    answer = compose(enquiry, assessment, listing, "en", None)
    scoring = Scoring(read_rules(), model)
    trees = model.ensemble.trees
    return {
        "validate the body": lambda: ScoreRequest.model_validate_json(body),
        "hand on as plain objects": lambda: request.case(now=0),
        "features of both levels": lambda: features.row(case.lead, case.events, case.as_of),
        "encode": lambda: model.encoder.encode(row.table),
        "explain the logistic": lambda: model.ensemble.linear.contributions(matrix),
        "explain the trees": lambda: trees and trees.contributions(matrix),
        "reasons and answer": lambda: compose(enquiry, assessment, listing, "en", None),
        "write JSON": answer.model_dump_json,
        "all of it": lambda: scoring.score(
            ScoreRequest.model_validate_json(body).case(now=0), time.monotonic()
        ).model_dump_json(),
    }


def median_microseconds(step: Callable[[], object]) -> float:
    """Return the median duration of a step, after some that are not counted."""
    took = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        step()
        took.append(time.perf_counter() - started)
    return 1e6 * float(np.median(took[_RUNS // 5 :]))


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
    took = {name: median_microseconds(step) for name, step in steps(model).items()}
    for name, microseconds in took.items():
        print(f"{name:>26}: {microseconds:7.1f} µs, {microseconds / took['all of it']:4.0%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
