"""One world of one seed: made, trained on, asked, and held against its truth."""

import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from experiments.learning import learn
from experiments.worlds.asking import TrainedWorld, answering
from experiments.worlds.catalogue import WORLDS
from experiments.worlds.demo import demo
from experiments.worlds.figures import Figures, compare
from experiments.worlds.moments import AGES, Questions, after_events, age_of, at_end, at_random
from experiments.worlds.record import AFTER_EVENT, END, RANDOM, Run
from experiments.worlds.world import World


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run.

    Attributes:
        world: One of `WORLDS`.
        seed: Of all chance in it.
        demo_leads: How many leads the demo has.
    """

    world: str
    seed: int
    demo_leads: int


def run(order: Order) -> Run:
    """Make a world, train on it, and ask.

    Raises:
        MistakeError: The training refuses.
    """
    make = partial(demo, leads=order.demo_leads) if order.world == "demo" else WORLDS[order.world]
    with tempfile.TemporaryDirectory() as folder:
        world = make(Path(folder, order.world), order.seed)
        started = time.perf_counter()
        model = Path(folder, "model")
        learn(world.folder / "project.toml", model, world.end)
        with answering(world, model) as answers:
            end = at_end(world)
            figures = _by_age(world, answers, END, end)
            if order.world == "demo":
                at = at_random(world, np.random.default_rng(order.seed))
                figures |= _by_age(world, answers, RANDOM, at)
                figures |= _by_age(world, answers, AFTER_EVENT, after_events(world))
            reason = answers.strongest_reason(end) if order.world == "constant" else None
        return Run(order.world, order.seed, time.perf_counter() - started, figures, reason)


def _by_age(
    world: World, answers: TrainedWorld, moment: str, questions: Questions
) -> dict[str, Figures]:
    """Return the figures of some questions, and of those about leads of each age."""
    promised = answers.promised(questions)
    lead_id = world.outcomes.lead_id[questions.lead].tolist()
    true = world.truth.probability(lead_id, questions.as_of, world.horizon)
    figures = {moment: compare(promised, true, world.past_rate)}
    age = age_of(world, questions)
    for name, (begin, until) in AGES.items():
        of_age = (begin <= age) & (age < until)
        if of_age.any():
            figures[f"{moment}, {name}"] = compare(promised[of_age], true[of_age], world.past_rate)
    return figures
