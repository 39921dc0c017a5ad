"""The rooms of the package: imports run downward only, lazy and type-checking ones too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import contracts
from contracts.diff.change_rules import CHANGE_RULES
from contracts.rules import RULES

PACKAGE = Path(contracts.__file__).parent
FLOORS = [
    "__main__",
    "cli",
    "plugin",
    "clients",
    "report",
    "proxy recording",
    "live",
    "standin",
    "mutate",
    "contract",
    "rules",
    "diff",
    "generate",
    "messages",
    "wsdl",
    "xsd",
    "files",
    "model",
]
"""From the roof to the ground; rooms on one floor do not know each other."""
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms.split()}


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Each line of a module that imports another room, with the name of that room."""
    package = path.relative_to(PACKAGE.parent).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
        names = [base[1]] if base[1] else [name.name for name in node.names]
        yield from ((node.lineno, name) for name in names)


def test_every_room_is_on_a_floor() -> None:
    rooms = {p.stem for p in PACKAGE.iterdir() if (p.suffix == ".py" or (p / "__init__.py").is_file())}
    assert rooms - {"__init__"} <= set(FLOOR)


def test_imports_run_downward() -> None:
    upward = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if room == "__init__":
            continue
        for line, other in imported(path):
            if other != room and FLOOR[other] <= FLOOR[room]:
                upward.append(f"{path.relative_to(PACKAGE.parent)}:{line}: {room} imports {other}")
    assert not upward, "\n".join(upward)


def private_names(path: Path) -> Iterator[str]:
    """Each private name of another module that a module imports or reaches into an object for."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            names = [node.attr]
        for name in names:
            if re.match(r"_[a-z]", name) and name != "_exit":  # os._exit is documented
                yield f"{path.name}:{node.lineno}: {name}"


def test_no_test_uses_a_private_name() -> None:
    tests = Path(__file__).parent
    assert [found for path in sorted(tests.rglob("*.py")) for found in private_names(path)] == []


def test_each_rule_id_stands_as_a_string_in_one_module() -> None:
    """Rules of messages and of changes alike: what else speaks of a rule names its constant."""
    modules: dict[str, set[str]] = {rule: set() for rule in (*RULES, *CHANGE_RULES)}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in modules:
                modules[node.value].add(str(path.relative_to(PACKAGE)))
    assert {rule: found for rule, found in modules.items() if len(found) != 1} == {}
