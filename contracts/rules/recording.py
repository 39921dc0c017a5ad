"""Recordings that are broken on purpose: each names the rules that it breaks, no more and no less."""

from __future__ import annotations

from dataclasses import replace

from ..model import Finding
from .case import Case, Rule

EXPECTS = Rule(
    "recording-expects", "wire", "the recording's own expects", "a recording breaks the rules it says it breaks",
    "record it anew, or mend its expects", "does not apply"
)  # fmt: skip


def excuse_expected(case: Case, violations: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The violations that are left, with one for each rule that was to be broken and is not; and the expected ones."""
    expects = set(case.message.expects)
    met = [f for f in violations if f.rule in expects]
    left = [f for f in violations if f.rule not in expects]
    missed = replace(case, findings=left)
    for rule in sorted(expects - {f.rule for f in met}):
        missed.add(EXPECTS, "recorded", expected=f"a violation of {rule}, as the recording says", found="none")
    return left, [f.with_excuse("deviation", "expected-by-the-recording") for f in met]
