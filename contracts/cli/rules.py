"""`services85 rules` and `services85 explain RULE`: what is wanted, by whom, with examples that break and keep it."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path

from ..diff.change_rule import ChangeRule
from ..diff.change_rules import CHANGE_RULES, example_pair
from ..model import ContractsError
from ..model.wording import suggest_nearest, wrap_text
from ..report.results import RuleList
from ..rules import RULES
from ..rules.case import Rule
from ..rules.deviations import REGISTER, Deviation, read_deviations
from . import options
from .options import argument

_PACKAGE = Path(__file__).parents[1]
EXAMPLES = _PACKAGE / "rules" / "examples"
CHANGE_EXAMPLES = _PACKAGE / "diff" / "examples"
"""A folder for each rule: good-* and bad-* messages, or old.wsdl and new.wsdl of a change."""

_LONGEST = 6000
"""Characters of an example that is shown; of a longer one the file is named."""


@options.command
def rules(*, reports: options.Reports = options.reports("rules")) -> int:
    """
    Examples:
      services85 rules                  every rule, a line each
      services85 rules | grep body-     those of one room
      services85 rules --format json
    """
    reports.write(RuleList(list(RULES.values()), list(CHANGE_RULES.values())))
    return 0


def _index_deviations() -> dict[str, Deviation]:
    return {row.id: row for rows in read_deviations().values() for row in rows}


def _list_ids() -> list[str]:
    return [*RULES, *CHANGE_RULES, *_index_deviations()]


@options.command
def explain(*, rule: str = argument(metavar="RULE|DEVIATION", shell_complete=options.complete_among(_list_ids))) -> int:
    """
    Examples:
      services85 explain body-parameter-missing
      services85 explain page-soap-12               a deviation
    """
    registered = _index_deviations()
    if (wanted := RULES.get(rule)) is not None:
        rows = {
            "wants": wanted.requirement,
            "authority": f"{wanted.authority}: {wanted.source}",
            "level": wanted.level,
            "hint": wanted.hint,
            "a server": wanted.server,
            "checked": ", ".join(_find_checks(wanted)),
        }
    elif (change := CHANGE_RULES.get(rule)) is not None:
        rows = {
            "change": change.requirement,
            "why": change.why,
            "request": change.request,
            "response": change.response,
            "hint": change.hint,
            "found": ", ".join(_find_checks(change)),
        }
    elif (deviation := registered.get(rule)) is not None:
        messages = "messages" if deviation.message == "any" else f"{deviation.message}s"
        rows = {
            "excuses": f"{deviation.rule} at {deviation.path}",
            "in": messages if deviation.on == "any" else f"{messages} of documented pages",
            "reason": deviation.reason,
            "stands in": str(REGISTER),
        }
    else:
        hint = suggest_nearest(rule, _list_ids(), "see services85 rules")
        raise ContractsError(f"{rule}: no such rule{hint}")
    print(rule)
    for label, text in rows.items():
        print("\n".join(wrap_text(text, 80, f"  {label:<10} ", " " * 13)))
    for line in _show_examples(rule) if rule not in registered else ():
        print(line)
    return 0


def _find_checks(rule: Rule | ChangeRule) -> Iterator[str]:
    """``contracts/rules/http.py:147`` for each line of the rule's room that uses its constant."""
    room = import_module(type(rule).__module__.rpartition(".")[0])
    for path in sorted(Path(room.__path__[0]).glob("*.py")):
        module = import_module(f"{room.__name__}.{path.stem}") if path.stem != "__init__" else room
        names = {name for name, value in vars(module).items() if value is rule}
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if names else ()
        lines = {n.lineno for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id in names}
        yield from (f"{path.relative_to(_PACKAGE.parent).as_posix()}:{line}" for line in sorted(lines))


def _show_examples(rule: str) -> Iterator[str]:
    """The two examples that differ least, the second by what it has instead; the names of the others.

    Of two WSDLs only that is shown, with the lines around it.
    """
    folder = (EXAMPLES if rule in RULES else CHANGE_EXAMPLES) / rule
    paths = [p for p in sorted(folder.iterdir()) if p.name.startswith(("bad", "good"))] or [*example_pair(rule)]
    texts = {p: p.read_bytes().decode("utf-8", "backslashreplace").splitlines() for p in paths}
    for first, second, words in (("bad", "good", ("breaks it", "keeps it")), ("old", "new", ("before", "after"))):
        sides = ([p for p in paths if p.name.startswith(kind)] for kind in (first, second))
        pairs = [(a, b, _find_differences(texts[a], texts[b])) for a, b in product(*sides)]
        for a, b, lines in sorted(pairs, key=lambda pair: len(pair[2]))[:1]:
            before, after = texts.pop(a), texts.pop(b)
            if first == "old":
                lines, before = list(difflib.unified_diff(before, after, lineterm="", n=4))[2:], []
            yield from ("", f"{words[0]}: {a.name}", *_indent_lines(a, before))
            yield from ("", f"{words[1]}: {b.name}, which differs in", *_indent_lines(b, lines))
    yield ""
    if texts:
        yield from wrap_text(f"more: {' '.join(path.name for path in texts)}", 80, rest=" " * 6)
    yield f"all in {folder}"


def _find_differences(old: list[str], new: list[str]) -> list[str]:
    return [line for line in difflib.ndiff(old, new) if line[0] in "+-"]


def _indent_lines(path: Path, lines: list[str]) -> list[str]:
    if sum(map(len, lines)) > _LONGEST:
        return [f"  (too long to be shown: {path})"]
    return [f"  {line}" for line in lines]
