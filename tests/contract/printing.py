"""Failures that print the message as XML a person can paste, and can be kept as fixtures.

Under Hypothesis it has to be an exception raised: `pytest.fail(pytrace=False)` loses the falsifying example.
"""

from __future__ import annotations

from contracts import Verdict


class Broken(AssertionError):
    """A verdict that is not what it has to be; reports show its violations, and ``remark`` below them."""

    __tracebackhide__ = True

    def __init__(self, why: str, verdict: Verdict | None, remark: str) -> None:
        self.verdict, self.remark = verdict, remark
        super().__init__(f"{why}\n\n{remark}")


class Falsified(Broken):
    """A message whose verdict is not what it has to be. ``message`` is the envelope as it was judged."""

    def __init__(self, why: str, message: bytes, verdict: Verdict | None = None) -> None:
        self.message = message
        super().__init__(why, verdict, pasteable(message))


def pasteable(message: bytes) -> str:
    """The envelope in ASCII: what cannot be seen or typed (a no-break space, other digits) is a reference."""
    return message.decode("utf-8", "backslashreplace").encode("ascii", "xmlcharrefreplace").decode()


def expect_kept(verdict: Verdict, message: bytes, why: str = "has to be kept") -> None:
    """Raises Falsified unless the verdict is kept."""
    __tracebackhide__ = True
    if not verdict.kept:
        raise Falsified(f"{verdict.label} {verdict.message}: {why}, and is {said(verdict)}", message, verdict)


def expect_broken(verdict: Verdict, message: bytes, path: str, rules: set[str], why: str = "has to be broken") -> None:
    """Raises Falsified unless the message is broken by one of ``rules``, at ``path``, and by nothing else."""
    __tracebackhide__ = True
    if [(v.path, v.rule in rules) for v in verdict.violations] != [(path, True)]:
        wanted = f"by {' or '.join(sorted(rules))} at {path}"
        raise Falsified(f"{verdict.label} {verdict.message}: {why} {wanted}, and is {said(verdict)}", message, verdict)


def said(verdict: Verdict) -> str:
    """The verdict in a few words."""
    if verdict.outcome == "unjudged":
        return f"unjudged: {verdict.reason}"
    return verdict.outcome + "".join(f"\n  {violation}" for violation in verdict.violations)
