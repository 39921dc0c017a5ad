"""The register of disagreements between the sources: what excuses a violation that is nobody's fault."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from ..model import Finding

REGISTER = Path(__file__).parents[1] / "deviations.toml"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A known disagreement. ``on``: ``page`` (a documented example) or ``any``; ``message``: a direction or ``any``."""

    id: str
    rule: str
    on: str
    message: str
    path: str
    reason: str

    def row(self) -> str:
        """How it stands in the register."""
        return "[[deviation]]\n" + "".join(f'{key} = "{value}"\n' for key, value in asdict(self).items())


@cache
def read_deviations() -> dict[str, tuple[Deviation, ...]]:
    """The register, by rule."""
    import tomllib

    table: dict[str, tuple[Deviation, ...]] = {}
    for row in tomllib.loads(REGISTER.read_text(encoding="utf-8"))["deviation"]:
        found = Deviation(**row)
        table[found.rule] = (*table.get(found.rule, ()), found)
    return table


def find_deviation(finding: Finding, message: str | None, documented: bool) -> Deviation | None:
    """The registered deviation that excuses a finding, if there is one."""
    for row in read_deviations().get(finding.rule, ()):
        if (row.on == "any" or documented) and row.message in ("any", message) and fnmatchcase(finding.path, row.path):
            return row
    return None
