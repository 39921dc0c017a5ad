"""How long a version step takes, as a ratio to lxml merely parsing the same files (processor time, best of five)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from contracts.sources.load import load_services
from contracts.upgrade.compare import compare

from ..shared import needs_shared, shared

GOAL = 5
CEILING = 15
"""What fails: far above the goal, as the machine that runs it may be busy."""


def _best(run: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


@needs_shared
def test_a_version_step() -> None:
    sides = [shared() / "vendor" / version for version in ("Services85", "Services86")]
    files: list[Path] = [path for side in sides for path in side.rglob("*.wsdl")]

    def step() -> None:
        old, new = (load_services(str(side), any_binding=True)[0] for side in sides)
        assert compare(old, new)

    parsing, comparing = _best(lambda: [etree.parse(path) for path in files]), _best(step)
    ratio = comparing / parsing
    print(f"\na version step: {comparing:.3f} s, {ratio:.1f} times parsing ({len(files)} files; goal {GOAL} times)")
    assert ratio < CEILING


@needs_shared
def test_the_largest_agent_in_less_than_a_second() -> None:
    sides = [str(shared() / "vendor" / version / "List") for version in ("Services85", "Services86")]

    def step() -> None:
        old, new = (load_services(side, any_binding=True)[0] for side in sides)
        assert compare(old, new)

    assert _best(step) < 1
