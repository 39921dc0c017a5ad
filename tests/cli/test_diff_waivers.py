"""`services85 diff`: changes that a team has dealt with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.diff.change_rules import example_pair

from .running import assert_refused, run

WAIVER = """\
[[waiver]]
rule = "{rule}"
{more}
reason = "dealt with"
until = 2999-01-31
"""


def diff(*options: str) -> tuple[int, dict[str, object], str]:
    old, new = example_pair("member-removed")
    result = run("diff", str(old), str(new), "--format", "json", *options)
    return result.exit_code, json.loads(result.stdout), result.stderr


@pytest.mark.parametrize(
    ("rule", "more", "status", "remark"),
    [
        ("member-removed", "", 0, ""),
        ("member-removed", 'operation = "Notes.*"', 0, ""),
        ("member-removed", 'path = "Note.*"', 0, ""),
        ("member-removed", 'path = "Other.*"', 1, 'any more (member-removed was found, but path = "Other.*" is not'),
        ("member-removed", 'operation = "Sale.*"', 1, "excused nothing"),
        ("member-removed", 'file = "*"', 1, "excused nothing"),
        ("body-case", "", 1, ""),
    ],
)
def test_a_waiver_of_a_change(tmp_path: Path, rule: str, more: str, status: int, remark: str) -> None:
    (tmp_path / "w.toml").write_text(WAIVER.format(rule=rule, more=more))
    found, shown, err = diff("--waivers", str(tmp_path / "w.toml"))
    assert found == status and remark in err and (err == "") == (remark == "")
    assert [c["waiver"] for c in shown.get("tolerated", [])] == ["member-removed-1"][status:]  # type: ignore[attr-defined]
    old, new = map(str, example_pair("member-removed"))
    text = run("diff", old, new, "--waivers", str(tmp_path / "w.toml")).stdout
    assert ("no changes; 1 waived" in text) == (status == 0)


def test_waivers_of_all_that_is_breaking_today(tmp_path: Path) -> None:
    file = str(tmp_path / "w.toml")
    assert diff("--write-waivers", file, "--until", "2999-01-31")[::2] == (
        1, f"services85: 1 waiver in {file}, for --waivers\n"
    )  # fmt: skip
    assert diff("--waivers", file)[::2] == (0, "")
    assert_refused(run("diff", *map(str, example_pair("member-removed")), "--write-waivers", file), "wants --until")
