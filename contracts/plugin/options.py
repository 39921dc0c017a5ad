"""The options of the pytest plugin, and what they name: the contract, waivers, recordings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..model import Verdict

if TYPE_CHECKING:
    from ..contract import Contract

PACKAGE = Path(__file__).resolve().parents[1]
_CONTRACT = pytest.StashKey["Contract"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("services85", "contracts of SOAP services (services85-contracts)")
    add = group.addoption
    add("--services85-contract", metavar="PATH", help="a WSDL, a folder or .zip of them, a URL (default: Services85)")
    add("--services85-candidate", metavar="PATH", help="another version's contract, to judge everything by as well")
    used = {"action": "append", "default": []}
    add(
        "--services85-used-by", metavar="FOLDER", **used, help="recorded messages or source code: what a candidate hits"
    )
    add("--services85-uses", metavar="FILE", **used, help="a list of Agent.Operation: what a candidate hits")
    add("--services85-tenant", metavar="WHICH", help="stand-in, live (settings of the environment), or a URL")
    add("--services85-cassettes", metavar="FOLDER", help="recordings to replay (default: those of the project)")
    add("--services85-production", metavar="HOST", help="allow this production host, by naming it again")
    add("--services85-allow-start", metavar="NAME", help="allow to start, and stop again, a batch job of this name")
    add("--services85-fault", metavar="FAULT", action="append", default=[], help="let the stand-in misbehave")
    add("--services85-waivers", metavar="FILE", help="violations that are known, in documented examples too")
    add("--services85-max-age", metavar="DAYS", type=int, help="say which recordings are older (default: 365)")
    judge = "judge what the tests send by requests, httpx, urllib3, aiohttp, urllib, and are answered"
    add("--services85-judge", action="store_true", help=judge)
    parser.addini("services85_judge", judge, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "services85(judge=True): judge what this test sends, and is answered, by the contract; judge=False: do not, "
        "where --services85-judge or the setting services85_judge judges all tests.",
    )


def load_contract(config: pytest.Config) -> Contract:
    """The contract that the options name, loaded once."""
    if _CONTRACT not in config.stash:
        from ..contract import load
        from ..files.limits import Limits, current_limits, use_limits
        from ..files.pyproject import choose_contract, choose_limits

        if current_limits() == Limits():  # `verify` has set its own
            changed = ExitStack()
            changed.enter_context(use_limits(choose_limits({})))
            config.add_cleanup(changed.close)
        config.stash[_CONTRACT] = load(choose_contract(config.getoption("--services85-contract")))
    return config.stash[_CONTRACT]


def name_cassettes(config: pytest.Config) -> str | None:
    """The folder that the option or a setting names."""
    from ..files.pyproject import read_settings

    given: str | None = config.getoption("--services85-cassettes") or read_settings().get("cassettes")
    return given


def list_cassettes(config: pytest.Config) -> list[Path]:
    """The recordings that the options name: ``cassettes/`` of the checkout or of the installed package by default."""
    from ..files.opening import list_files

    given = name_cassettes(config)
    folders = [Path(given)] if given else [PACKAGE.parent / "cassettes", PACKAGE / "cassettes"]
    folder = next((f for f in folders if f.is_dir()), None)
    if folder is None:
        if given:
            raise pytest.UsageError(f"--services85-cassettes: {given}: no such folder")
        return []
    found = map(Path, list_files(str(folder), lambda archive: True))
    return sorted(p for p in found if p.suffix == ".yaml" or p.is_dir())  # a folder: one that may not be read


def load_waivers(config: pytest.Config) -> Callable[[Verdict], Verdict]:
    """What makes of a verdict the one that a team's own waivers leave."""
    from datetime import date

    from ..rules.waivers import Waivers, read_own_waivers

    return Waivers(read_own_waivers(config.getoption("--services85-waivers")), date.today()).apply
