"""Pictures of a model can be read."""

import warnings

import pytest

from features.declaration.feature_set import DisplayName
from tests.tiny import FEATURE_SET, random_table, tiny_training

# shap warns of itself, when imported and when drawing.
with warnings.catch_warnings(action="ignore"):
    from training.report.plots import shap_summary


@pytest.mark.parametrize("name", ["Demo", "Demo of the product for a company of our size " * 2])
def test_the_summary_shows_whole_names(name: str) -> None:
    names = {"demo_request": DisplayName(de=name, en=name)}
    feature_set = FEATURE_SET.model_copy(update={"names": names})
    training = tiny_training()
    manifest = training.manifest.model_copy(update={"feature_set": feature_set})
    sample = random_table(50, seed=3)
    explained = training.learned.ensemble.explain(
        manifest.encoder.encode(sample), manifest.calibration
    )
    with warnings.catch_warnings(action="ignore"):
        figure = shap_summary(manifest, sample, explained)
    figure.canvas.draw()
    [axes, *_] = figure.axes
    labels = axes.get_yticklabels()
    assert any(label.get_text().startswith(f"{name}, 7 days") for label in labels)
    assert all(label.get_window_extent().x0 >= 0 for label in labels)
    assert axes.get_window_extent().width > 400
