"""The pure core: modules whose lines are all decisions, and the tests that hold them.

Nothing in these modules is there for a file, a network or a page.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]

_DECLARATION = "tests/features/declaration/test_declaration.py"
_ENCODER = "tests/features/declaration/test_encoder.py"
_KERNEL = "tests/features/kernel/test_kernel.py"
_ONLINE = "tests/features/test_online.py"
_ANSWER = "tests/serving/scoring/test_answer.py"
_SCORING = "tests/serving/scoring/test_scoring.py"
_MODEL = "tests/serving/model/test_model.py"
_EXPLAINED = (
    "tests/serving/model/test_explanation_exact.py",
    "tests/serving/model/test_explanation_limits.py",
    *(
        f"tests/serving/model/test_explanation.py::test_{name}"
        for name in (
            "what_it_tells_of_itself",
            "one_row_and_many_are_the_same_bit_for_bit[16]",
            "one_row_and_many_are_the_same_bit_for_bit[257]",
            "one_row_and_many_are_the_same_bit_for_bit[1025]",
            "any_layout_of_the_matrix_will_do",
            "a_booster_without_a_split_contributes_nothing",
            "a_number_at_its_threshold_goes_left",
            "a_tree_without_a_split_before_stumps",
            "no_rows",
            "a_matrix_of_another_width_is_refused",
        )
    ),
)
_AGREEMENT = "tests/serving/lifecycle/test_agreement.py"
_LEARNERS = "tests/training/learning/test_learners.py"
_REFIT = "tests/training/learning/test_refit.py"
_DOCUMENTED = "tests/docs/test_documented.py::test_what_is_tried_is_documented"

CORE: dict[str, tuple[str, ...]] = {
    "features/contract/category.py": (),
    "features/contract/duration.py": (_DECLARATION,),
    "features/contract/group.py": (),
    "features/contract/profile.py": (_ONLINE, "tests/features/history/test_profile.py"),
    "features/contract/text.py": (_ONLINE,),
    "features/contract/visibility.py": (_ONLINE, "tests/features/history/test_macros.py"),
    "features/declaration/encoder.py": (),
    "features/declaration/feature_set.py": (_DECLARATION, _ENCODER, _ONLINE),
    "features/declaration/incomplete.py": (_ONLINE,),
    "features/declaration/operators.py": (_DECLARATION, _KERNEL),
    "features/declaration/subject.py": (),
    "features/declaration/table.py": (_ENCODER, _ONLINE),
    "features/kernel/by_size.py": ("tests/serving/scoring/test_strongest.py",),
    "features/kernel/derived.py": (_ONLINE,),
    "features/kernel/kernel.py": (),
    "features/kernel/order.py": (),
    "features/kernel/plan.py": (_KERNEL,),
    "features/online.py": (_KERNEL,),
    "features/local.py": (),
    "serving/scoring/answer.py": (_SCORING, "tests/serving/test_settings.py"),
    "serving/scoring/basis.py": (_ANSWER, _SCORING, "tests/serving/scoring/test_rules.py"),
    "serving/scoring/drawing.py": (),
    "serving/scoring/duel.py": (),
    "serving/scoring/fallback.py": (),
    "serving/scoring/missing.py": (),
    "serving/scoring/odds.py": (),
    "serving/scoring/reasons.py": (_ANSWER,),
    "serving/scoring/rules.py": (),
    "serving/scoring/scoring.py": (_ANSWER, "tests/serving/scoring/test_use_cases.py"),
    "serving/scoring/strongest.py": (),
    "serving/scoring/use_cases.py": (),
    "serving/model/linear.py": (_MODEL, _LEARNERS),
    "serving/model/reference.py": (_MODEL,),
    "serving/model/scorer.py": (_MODEL,),
    **{
        f"serving/model/explain/{name}.py": _EXPLAINED
        for name in (
            "cells",
            "contributions",
            "decisions",
            "explanation",
            "questions",
            "tables",
            "trees",
        )
    },
    "serving/lifecycle/bant.py": (),
    "serving/lifecycle/business_hours.py": (),
    "serving/lifecycle/business_time.py": (),
    "serving/lifecycle/closed_days.py": ("tests/serving/lifecycle/test_business_hours.py",),
    "serving/lifecycle/criteria.py": ("tests/serving/lifecycle/test_moves.py", _AGREEMENT),
    "serving/lifecycle/disagreement.py": ("tests/serving/lifecycle/test_review.py",),
    "serving/lifecycle/handover.py": (),
    "serving/lifecycle/lists.py": (),
    "serving/lifecycle/moves.py": (),
    "serving/lifecycle/next_action.py": (),
    "serving/lifecycle/review.py": (),
    "serving/lifecycle/situation.py": ("tests/serving/lifecycle/test_next_action.py", _AGREEMENT),
    "serving/lifecycle/sla.py": (),
    "serving/lifecycle/sla_moments.py": (),
    "serving/lifecycle/soundness.py": (_AGREEMENT,),
    "training/rows/derivation.py": (),
    "training/rows/grid.py": (),
    "training/rows/groups.py": (),
    "training/rows/sample.py": (),
    "training/rows/schedule.py": (),
    "training/checks/doubts.py": (),
    "training/checks/evaluation.py": (),
    "training/checks/metrics.py": (),
    "training/learning/baseline.py": (_DOCUMENTED,),
    "training/learning/calibration.py": (),
    "training/learning/choice.py": (_DOCUMENTED,),
    "training/learning/columns.py": (),
    "training/learning/evidence.py": (),
    "training/learning/examples.py": (_LEARNERS,),
    "training/learning/forward.py": (_REFIT,),
    "training/learning/ground.py": (_LEARNERS,),
    "training/learning/logistic.py": (_LEARNERS,),
}
"""By module, its tests besides the file that has its name."""


def checks_of(module: str, tree: Path = ROOT) -> list[str]:
    """Return the tests of a module in a tree, as pytest takes them."""
    mirrored = Path("tests", module).with_name(f"test_{Path(module).name}")
    own = [str(mirrored)] if (tree / mirrored).is_file() else []
    return [*own, *CORE.get(module, ())]
