"""`services85 rules` and `services85 explain RULE`: what is wanted, by whom, with examples that break and keep it."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby, product
from pathlib import Path
from typing import Any

from ..model import ContractsError
from ..model.escaping import did_you_mean
from ..report.text import width
from ..rules import RULES

_PACKAGE = Path(__file__).parents[1]
EXAMPLES = _PACKAGE / "rules" / "examples"
CHANGE_EXAMPLES = _PACKAGE / "diff" / "examples"
"""A folder for each rule: good-* and bad-* messages, or old.wsdl and new.wsdl of a change."""

RULES_EPILOG = """\
examples:
  services85 rules                  every rule, a line each
  services85 rules | grep body-     those of one room
  services85 rules --format json
"""
EXPLAIN_EPILOG = """\
example:
  services85 explain body-parameter-missing
"""


def add_rules_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def add_explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="its id, as check and diff print it")


def run_rules(args: argparse.Namespace) -> int:
    """Prints the catalogue: rules of messages, then kinds of change."""
    changes = _changes()
    if args.format == "json":
        rows = [
            {"rule": r.id, "kind": r.level, "authority": r.authority, "source": r.source, "requirement": r.requirement}
            for r in RULES.values()
        ]
        rows += [{"rule": c.id, "kind": "change", "requirement": c.requirement} for c in changes.values()]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    for _, rules in groupby(RULES.values(), key=lambda rule: rule.id.partition("-")[0]):
        for rule in rules:
            _row(rule.id, rule.authority, rule.requirement + (" (note)" if rule.level == "note" else ""))
        print()
    for change in changes.values():
        _row(change.id, "change", change.requirement)
    return 0


def _row(name: str, authority: str, requirement: str) -> None:
    """A line each for grep and the like; a terminal's lines are filled, and go on below the requirement."""
    start = f"{name:<31} {authority:<10} "
    columns = max(width(), len(start) + 20) if sys.stdout.isatty() else sys.maxsize
    print(textwrap.fill(requirement, columns, initial_indent=start, subsequent_indent=" " * len(start)))


def _changes() -> dict[str, Any]:
    from ..diff.change_rules import CHANGE_RULES

    return dict(CHANGE_RULES)


def run_explain(args: argparse.Namespace) -> int:
    """Prints one rule with its examples."""
    rule = RULES.get(args.rule)
    if rule is not None:
        rows = [
            ("wants", rule.requirement),
            ("authority", f"{rule.authority}: {rule.source}"),
            ("level", rule.level),
            ("hint", rule.hint),
            ("a server", rule.server),
        ]
    else:
        change = _changes().get(args.rule)
        if change is None:
            hint = did_you_mean(args.rule, [*RULES, *_changes()], "see services85 rules")
            raise ContractsError(f"{args.rule}: no such rule{hint}")
        rows = [
            ("change", change.requirement),
            ("why", change.why),
            ("request", change.request),
            ("response", change.response),
            ("hint", change.hint),
        ]
    print(args.rule)
    for label, text in rows:
        print(textwrap.fill(str(text), 80, initial_indent=f"  {label:<10} ", subsequent_indent=" " * 13))
    for line in _examples(args.rule):
        print(line)
    return 0


def _examples(rule: str) -> Iterator[str]:
    """The two examples that differ least, the second by what it has instead; the names of the others."""
    from ..diff.change_rules import example_pair

    folder = (EXAMPLES if rule in RULES else CHANGE_EXAMPLES) / rule
    paths = [p for p in sorted(folder.iterdir()) if p.name.startswith(("bad", "good"))] or [*example_pair(rule)]
    texts = {p: p.read_bytes().decode("utf-8", "backslashreplace").splitlines() for p in paths}
    for first, second, words in (("bad", "good", ("breaks it", "keeps it")), ("old", "new", ("before", "after"))):
        sides = ([p for p in paths if p.name.startswith(kind)] for kind in (first, second))
        pairs = [(a, b, _differences(texts[a], texts[b])) for a, b in product(*sides)]
        for a, b, lines in sorted(pairs, key=lambda pair: len(pair[2]))[:1]:
            yield from ("", f"{words[0]}: {a.name}", *_shown(a, texts.pop(a)))
            yield from ("", f"{words[1]}: {b.name}, which differs in", *_shown(b, lines))
            del texts[b]
    yield ""
    if texts:
        more = f"more: {' '.join(p.name for p in texts)}"
        yield textwrap.fill(more, 80, subsequent_indent=" " * 6, break_on_hyphens=False)
    yield f"all in {folder}"


def _differences(old: list[str], new: list[str]) -> list[str]:
    return [line for line in difflib.ndiff(old, new) if line[0] in "+-"]


def _shown(path: Path, lines: list[str]) -> list[str]:
    if sum(map(len, lines)) > 6000:
        return [f"  (too long to be shown: {path})"]
    return [f"  {line}" for line in lines]
