"""Rule files: each condition fires where it should, each mistake says where and what to do."""

import re
from collections import defaultdict
from itertools import product
from pathlib import Path

import pytest

from features.contract.document import DocumentError
from serving.model.reference import grade_of
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from tests.serving.sent import case, lead

HEAD = """
[thresholds]
mal = 20
mql = 45
sql = 80
[probability]
at_zero = 0.02
at_sql = 0.5
"""
FIT = """
[fit.mine]
de = "Meine"
en = "Mine"
points = 10
"""
BEHAVIOUR = FIT.replace("fit", "behaviour")


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_words_are_no_part_of_what_rules_decide(tmp_path: Path) -> None:
    rule = 'profile = "role"\none_of = ["head"]\n'
    text = HEAD + FIT + rule
    mine = read_rules(written(tmp_path, text)).fingerprint
    assert read_rules(written(tmp_path, text.replace("Meine", "Unsere"))).fingerprint == mine
    for decisive in ("points = 10", "mal = 20", '"head"', '"role"'):
        other = text.replace(decisive, decisive.replace("0", "1").replace('"', '"x', 1))
        assert read_rules(written(tmp_path, other)).fingerprint != mine


def fires(folder: Path, rule: str, **changes: object) -> bool:
    other = "[fit]\n" if rule.startswith("\n[behaviour") else "[behaviour]\n"
    scoring = Scoring(read_rules(written(folder, HEAD + rule + "\n" + other)), "no_model")
    return bool(scoring.score(case(**changes), 0.0).reasons)


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ('one_of = ["IT", "Handel"]', "it", True),
        ('one_of = ["IT", "Handel"]', " Handel ", True),
        ('one_of = [" it\\u00a0"]', "IT", True),
        ('one_of = ["IT", "Handel"]', "Bau", False),
        ('one_of = ["IT", "Handel"]', None, False),
        ('one_of = ["true"]', True, True),
        ('one_of = ["true"]', "Ja", True),
        ('one_of = ["Yes"]', 1, True),
        ('one_of = ["ja"]', "nein", False),
        ('one_of = ["0"]', False, True),
        ('one_of = ["1", "2"]', True, False),
        ('one_of = ["1", "2"]', 1, True),
        ('one_of = ["yes", "maybe"]', "true", False),
        ("at_least = 50", 50, True),
        ("at_least = 50", 49.9, False),
        ("at_least = 50", None, False),
        ("below = 250", 249, True),
        ("below = 250", 250, False),
        ("at_least = 50\nbelow = 250", 300, False),
        ("at_least = 50\nbelow = 250", 100, True),
        ("missing = true", None, True),
        ("missing = true", "", True),
        ("missing = true", "IT", False),
    ],
)
def test_a_fit_rule_fires(tmp_path: Path, condition: str, value: object, expected: bool) -> None:
    rule = f'{FIT}profile = "x"\n{condition}'
    assert fires(tmp_path, rule, lead=lead(profile={"x": value})) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('event = "demo_request"\nat_least = 1', True),
        ('event = "demo_request"\nat_least = 2', False),
        ('event = "demo_request"\nwithin = "1d"\nat_least = 1', False),
        ('event = "demo_request"\nwithin = "3d"\nat_least = 1', True),
        ('event = "*"\nat_least = 2', True),
        ('event = "*"\nbelow = 2', False),
        ('event = "unsubscribe"\nbelow = 1', True),
        ('event = "page_view"\noperator = "sum"\nat_least = 12.5', True),
        ('event = "page_view"\noperator = "days_since_last"\nat_least = 9', True),
        ('event = "webinar"\noperator = "days_since_last"\nat_least = 9', False),
        ('event = "demo_request"\nlevel = "account"\nat_least = 1', True),
        ('event = "demo_request"\nlevel = "account"\nat_least = 2', False),
    ],
)
def test_a_behaviour_rule_fires(tmp_path: Path, condition: str, expected: bool) -> None:
    assert fires(tmp_path, BEHAVIOUR + condition) is expected


def test_leads_with_equal_points_have_equal_log_odds_whichever_rules_fired(tmp_path: Path) -> None:
    points = {"a": 3, "b": 5, "c": 8, "d": -4, "e": 7}
    rules = "".join(
        f'[fit.{x}]\nprofile = "{x}"\none_of = ["yes"]\npoints = {n}\nde = "{x}"\nen = "{x}"\n'
        for x, n in points.items()
    )
    rules += BEHAVIOUR + 'event = "demo_request"\nat_least = 1'
    scoring = Scoring(read_rules(written(tmp_path, HEAD + rules)), "no_model")
    found: dict[int, set[float]] = defaultdict(set)
    demo = [{"event_type": "demo_request", "occurred_at": "2026-02-27T09:00:00Z"}]
    for *profile, events in product(*[("yes", "no")] * len(points), (demo, [])):
        answers = dict(zip(points, profile, strict=True))
        total = sum(points[x] for x in points if answers[x] == "yes") + 10 * bool(events)
        told = scoring.score(case(lead=lead(profile=answers), events=events), 0.0)
        found[total].add(told.log_odds)
    assert len(found) < 2 ** (len(points) + 1)
    assert all(len(log_odds) == 1 for log_odds in found.values())


def test_an_account_rule_counts_what_colleagues_did(tmp_path: Path) -> None:
    rule = BEHAVIOUR + 'event = "demo_request"\nlevel = "account"\nat_least = 2'
    colleague = [{"event_type": "demo_request", "occurred_at": "2026-02-10T00:00:00Z"}]
    assert fires(tmp_path, rule, lead=lead(account_id="A"), account_events=colleague)
    assert not fires(tmp_path, rule, lead=lead(account_id="A"))


def test_a_missing_number_fires_the_missing_rule_of_a_numeric_field(tmp_path: Path) -> None:
    rules = FIT + 'profile = "n"\nmissing = true\n'
    rules += FIT.replace("mine", "other") + 'profile = "n"\nat_least = 5\n'
    assert fires(tmp_path, rules, lead=lead(profile={}))
    assert not fires(tmp_path, rules, lead=lead(profile={"n": 4}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FIT.replace("points", "pionts"), "unknown key 'fit.mine.pionts'; did you mean 'points'?"),
        (HEAD.replace("mql", "mlq"), "thresholds.mlq'; did you mean 'mql'?"),
        (FIT + 'profile = "x"', "fit.mine: needs one condition: one_of = [..]"),
        (FIT + 'profile = "x"\nmissing = true\nbelow = 3', "fit.mine: needs one condition"),
        (FIT + "at_least = 3", "key 'fit.mine.profile' is missing"),
        (FIT.replace("10", '"ten"') + 'profile = "x"\nbelow = 3', "fit.mine.points: "),
        (FIT.replace("10", "2.5") + 'profile = "x"\nbelow = 3', "fit.mine.points: "),
        (FIT.replace("10", "1001") + 'profile = "x"\nbelow = 3', "fit.mine.points: "),
        (FIT.replace("10", "-1001") + 'profile = "x"\nbelow = 3', "fit.mine.points: "),
        (FIT + 'profile = "x"\none_of = []', "fit.mine.one_of: "),
        (FIT.replace("Mine", "") + 'profile = "x"\nbelow = 3', "fit.mine.en: "),
        (FIT + 'profile = "x"\nbelow = nan', "fit.mine.below: "),
        (BEHAVIOUR + 'event = "x"', "behaviour.mine: needs a condition: at_least and/or below"),
        (BEHAVIOUR + 'event = "x"\nat_least = 1\nwithin = "soon"', "behaviour.mine.within: "),
        (
            BEHAVIOUR + 'event = "x"\nat_least = 1\noperator = "trend"',
            "behaviour.mine: operator 'trend' needs within",
        ),
        (
            BEHAVIOUR + 'event = "x"\nat_least = 1\noperator = "decayed_count"',
            "behaviour.mine: operator 'decayed_count' is not for rules",
        ),
        (
            FIT + 'profile = "x"\nbelow = 3\n[fit.two]\nde="a"\nen="b"\npoints=1\n'
            'profile="x"\none_of=["y"]',
            "rule 'two': 'x' is a number in another rule",
        ),
        (FIT + 'profile = "x"\nbelow = 3\nat_least = 3', "fit.mine: below must be greater"),
        (FIT.replace("points = 10", "points = 0") + 'profile = "x"\nbelow = 3', "points = 0 never"),
        (BEHAVIOUR + 'event = "x"\nat_least = nan', "behaviour.mine.at_least"),
        (BEHAVIOUR + 'event = "x"\nat_least = 1\nwithin = "999999w"', "longer than a hundred"),
        ("", "there is no rule; write at least one"),
        ("[fit\n", "is not TOML"),
    ],
)
def test_a_mistake_names_file_rule_and_key(tmp_path: Path, text: str, said: str) -> None:
    head = "" if "[thresholds]" in text else HEAD
    other = "\n[behaviour]\n" if "[behaviour" not in text else "\n[fit]\n"
    path = written(tmp_path, head + text + other)
    with pytest.raises(DocumentError) as caught:
        read_rules(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("mql = 45", "mql = 90", "must ascend"),
        ("mal = 20", "mal = 0", "must ascend"),
        ("at_sql = 0.5", "at_sql = 0.01", "at_sql must be greater than at_zero"),
        ("at_zero = 0.02", "at_zero = 0", "probability.at_zero: "),
    ],
)
def test_thresholds_and_anchors_must_make_sense(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = written(tmp_path, HEAD.replace(old, new) + "[fit]\n[behaviour]\n")
    with pytest.raises(DocumentError, match=re.escape(said)):
        read_rules(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"nowhere\.toml"):
        read_rules(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("points", "score"), [(-5, 1), (20, 40), (44, 68), (45, 70), (79, 89), (80, 90), (160, 100)]
)
def test_scores_and_grades_follow_the_thresholds(tmp_path: Path, points: int, score: int) -> None:
    rule = FIT.replace("10", str(points)) + 'profile = "x"\nmissing = true\n[behaviour]\n'
    scoring = Scoring(read_rules(written(tmp_path, HEAD + rule)), "no_model")
    answer = scoring.score(case(), 0.0)
    assert (answer.score, answer.grade) == (score, grade_of(score))


@pytest.mark.parametrize("points", [-1000, 1000])
def test_points_reach_up_to_their_borders(tmp_path: Path, points: int) -> None:
    rule = FIT.replace("10", str(points)) + 'profile = "x"\none_of = ["a"]\n[behaviour]\n'
    assert read_rules(written(tmp_path, HEAD + rule)).fit["mine"].points == points


def test_chances_reach_up_to_their_borders(tmp_path: Path) -> None:
    rule = FIT + 'profile = "x"\none_of = ["a"]\n[behaviour]\n'
    far = HEAD.replace("0.02", "1e-6").replace("0.5", "0.999999")
    assert read_rules(written(tmp_path, far + rule)).probability.at_sql == 0.999999
    for old, new in (("0.02", "9e-7"), ("0.5", "0.9999999")):
        with pytest.raises(DocumentError, match="probability"):
            read_rules(written(tmp_path, HEAD.replace(old, new) + rule))


def test_the_anchors_hold(tmp_path: Path) -> None:
    rule = FIT.replace("10", "80") + 'profile = "x"\nmissing = true\n[behaviour]\n'
    scoring = Scoring(read_rules(written(tmp_path, HEAD + rule)), "no_model")
    assert scoring.score(case(), 0.0).probability == pytest.approx(0.5)
    known = scoring.score(case(lead=lead(profile={"x": "y"})), 0.0)
    assert known.probability == pytest.approx(0.02)
    assert known.reasons == []


def test_the_rules_of_the_product_can_all_be_read() -> None:
    rules = read_rules()
    assert rules.feature_set.levels == {"lead", "account"}
    assert all(rule.points != 0 for rule in rules.all)
