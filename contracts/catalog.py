"""`services85 rules` and `services85 explain RULE`: what is wanted, by whom, with examples that break and keep it."""

from __future__ import annotations

import argparse
import difflib
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .model import ContractsError
from .rules.catalogue import RULES

EXAMPLES = Path(__file__).parent / "rules" / "examples"
"""A folder for each rule: good-* and bad-* messages, or old.wsdl and new.wsdl of a change."""

RULES_EPILOG = """\
examples:
  services85 rules                  every rule, a line each
  services85 rules --format json
"""
EXPLAIN_EPILOG = """\
example:
  services85 explain body-parameter-missing
"""


def add_rules_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")


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
    for rule in RULES.values():
        mark = " (note)" if rule.level == "note" else ""
        print(f"{rule.id:<32} {rule.authority:<10} {rule.requirement}{mark}")
    print()
    for change in changes.values():
        print(f"{change.id:<32} {'change':<10} {change.requirement}")
    return 0


def _changes() -> dict[str, Any]:
    from .upgrade.catalogue import RULES as CHANGES

    return dict(CHANGES)


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
            close = difflib.get_close_matches(args.rule, [*RULES, *_changes()], 1)
            raise ContractsError(
                f"{args.rule}: no such rule" + (f"; did you mean {close[0]}?" if close else "; see services85 rules")
            )
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
    folder = EXAMPLES / rule
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda p: (not p.name.startswith(("bad", "old")), p.name)):
        word = {"bad": "breaks it", "good": "keeps it", "old": "before", "new": "after"}.get(
            path.stem.partition("-")[0]
        )
        if word is None:
            continue
        data = path.read_bytes()
        yield ""
        yield f"{word}: {path.name}"
        text = data.decode("utf-8", "backslashreplace")
        if len(text) > 6000:
            yield f"  ({len(text)} characters: {path.name} in the package's {folder.parent.name}/{rule})"
            continue
        yield from (f"  {line}" for line in text.splitlines())
