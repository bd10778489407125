"""Whoever moves a module or its tests is told that mistakes are put into it elsewhere."""

import pytest

from experiments.pure_core import CORE, ROOT, checks_of


@pytest.mark.parametrize("module", CORE)
def test_a_module_of_the_core_exists_with_its_tests(module: str) -> None:
    assert (ROOT / module).is_file()
    found = checks_of(module)
    assert found
    assert [test for test in found if not (ROOT / test.partition("::")[0]).is_file()] == []
