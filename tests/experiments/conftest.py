import pytest

from experiments.simulator import Simulation, simulate


@pytest.fixture(scope="package")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("simulated"), leads=6_000, seed=11)
