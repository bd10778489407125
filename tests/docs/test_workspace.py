"""The page on the workspace: its roles are those of the code, and its commands do what it says."""

import re
from pathlib import Path

from serving.access.role import PERMISSIONS, ROLES, allows
from tests.docs.command_line import command
from tests.docs.markdown import ROOT, blocks, code, table

PAGE = "docs/workspace.md"


def test_what_each_role_may_do_is_documented() -> None:
    documented = {
        (code(row["permission"]), role): row[role]
        for row in table(PAGE, "What each role may do")
        for role in ROLES
    }
    assert documented == {
        (permission, role): "yes" if allows(role, permission) else "–"
        for permission in PERMISSIONS
        for role in ROLES
    }


def test_the_commands_do_what_the_page_says(environment: dict[str, str], tmp_path: Path) -> None:
    def run(text: str, typed: str = "") -> tuple[int, str, str]:
        done = command(text, tmp_path, environment, typed)
        return done.returncode, done.stdout, done.stderr

    first = next(block.text for block in blocks(PAGE) if block.language == "sh")
    upgrade, add = (line for line in first.splitlines() if re.search("upgrade|add", line))
    assert run(upgrade)[0] == 0
    assert "add one: leadscore users add" in run("leadscore users list")[1]
    code, out, err = run(add, "zu kurz\n")
    assert (code, out) == (1, "") and "at least 12 characters" in err
    assert run(add, "ein ganzer Satz\nund mehr\n") == (
        0, "", "anna@example.com may log in, as admin\n",
    )  # fmt: skip
    code, out, err = run(add, "ein ganzer Satz\n")
    assert (code, out) == (1, "") and "with this address already" in err
    rows = re.findall(r"^\| `(leadscore users [^`]+)` \|", (ROOT / PAGE).read_text(), re.MULTILINE)
    assert len(rows) == 7
    said = {row.split()[2]: run(row) for row in rows}
    assert all((code, "Traceback" in err) == (0, False) for code, _, err in said.values())
    for made in ("add", "password"):
        assert re.fullmatch(r"[\w-]{20}\n", said[made][1])
    assert re.search(r"mia@example.com +sales +Mia +active, never logged in", said["list"][1])
    assert said["remove"][1] == "mia@example.com is removed; in the audit they are user 2\n"
    code, out, err = run("leadscore users disable mia@example.com")
    assert (code, out) == (1, "") and "there is no user with this address" in err
    code, _, err = run("leadscore users add mia --name Mia --role sales --generate")
    assert code == 1 and "a user is named by an e-mail address" in err
