"""What features are about, and how their contributions are added up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.duration import DAY_US
from features.declaration.feature_set import (
    Behaviour,
    Feature,
    FeatureSet,
    LeadAge,
    MissingCount,
    ProfileCategory,
    ProfileNumber,
    Season,
)
from features.declaration.subject import Subjects, subject_of
from tests.features.samples import FEATURES


@pytest.mark.parametrize(
    ("feature", "subject"),
    [
        (ProfileNumber(field="employees"), "profile.employees"),
        (ProfileCategory(field="role"), "profile.role"),
        (LeadAge(), "lead_age_days"),
        (MissingCount(), "profile_missing"),
        (Season(wave="sine"), "season"),
        (Season(wave="cosine"), "season"),
        (Behaviour(operator="count", event_type="demo"), "event:demo"),
        (Behaviour(operator="sum", event_type="demo", window=DAY_US), "event:demo"),
        (Behaviour(operator="days_since_last"), "event:*"),
        (Behaviour(operator="max", event_type="demo", level="account"), "account.event:demo"),
        (Behaviour(operator="active_days", level="account"), "account.event:*"),
    ],
)
def test_each_feature_has_a_subject(feature: Feature, subject: str) -> None:
    assert subject_of(feature) == subject


def test_subjects_come_in_the_order_of_their_first_features() -> None:
    features = (
        Behaviour(operator="count", event_type="demo"),
        ProfileNumber(field="employees"),
        Behaviour(operator="count", event_type="page"),
        Behaviour(operator="days_since_last", event_type="demo"),
    )
    subjects = Subjects(FeatureSet(features=features))
    assert subjects.names == ("event:demo", "profile.employees", "event:page")
    assert subjects.columns == ((0, 3), (1,), (2,))
    np.testing.assert_array_equal(
        subjects.sums(np.array([[1.0, 2.0, 4.0, 8.0], [0.0, 0.0, 0.0, -1.0]])),
        [[9.0, 2.0, 4.0], [-1.0, 0.0, 0.0]],
    )


def test_every_feature_is_about_one_subject() -> None:
    subjects = Subjects(FEATURES)
    every = [column for columns in subjects.columns for column in columns]
    assert sorted(every) == list(range(len(FEATURES.features)))
    assert len(set(subjects.names)) == len(subjects.names)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_sums_add_up_and_one_row_is_added_up_as_among_many(seed: int, rows: int) -> None:
    subjects = Subjects(FEATURES)
    contributions = np.random.default_rng(seed).normal(size=(rows, len(FEATURES.features)))
    sums = subjects.sums(contributions)
    np.testing.assert_allclose(sums.sum(axis=1), contributions.sum(axis=1), atol=1e-9)
    alone = np.concatenate([subjects.sums(row[None, :]) for row in contributions])
    np.testing.assert_array_equal(sums, alone)
