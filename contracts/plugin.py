"""The pytest plugin: options, fixtures and parametrisation for the contract suite and for a team's own tests.

Thin: what costs time is imported where a fixture or an argument asks for it.

    def test_every_request(services85_operation, services85_contract): ...
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .model import ContractBroken, ContractsError, NotJudged, Verdict
from .model.wording import counted

if TYPE_CHECKING:
    from .clients.attribution import Traffic
    from .contract import Contract
    from .diff.evidence import UseEvidence
    from .model import Element, Message, Operation
    from .standin.server import StandIn
    from .wsdl.service import Service

_CONTRACT = pytest.StashKey["Contract"]()
_TRAFFIC = pytest.StashKey["Traffic"]()
_PROVENANCE = pytest.StashKey[list[str]]()
_PACKAGE = Path(__file__).resolve().parent
PROFILES = ("dev", "ci", "nightly")
"""What HYPOTHESIS_PROFILE may be for the suite, which registers them."""
UNJUDGED = "services85_unjudged"
"""The attribute of a report that says why its test could not judge."""
DEFECT = "services85_defect"
"""The attribute of a report that is set where that is a defect of ours."""
MESSAGES = "services85_messages"
"""The attribute of a report that says how many messages its test exchanged, if they were judged."""
_MOST_BLAMED = 10
_COUNT = pytest.StashKey[int]()
VERDICT = "services85_verdict"
"""The attribute of a report that says whose message made its test fail, and how: ``operation``, ``violations`` (as in
services85-check/1), ``remark``. Plain data, as pytest-xdist sends reports from process to process."""


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
    judge = "judge what the tests send by requests, httpx, urllib3, aiohttp, and are answered"
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
        from .contract import load
        from .files.limits import Limits, limits, use_limits
        from .files.pyproject import choose_contract, choose_limits

        if limits() == Limits():  # `verify` has set its own
            changed = ExitStack()
            changed.enter_context(use_limits(choose_limits({})))
            config.add_cleanup(changed.close)
        config.stash[_CONTRACT] = load(choose_contract(config.getoption("--services85-contract")))
    return config.stash[_CONTRACT]


def _name_cassettes(config: pytest.Config) -> str | None:
    from .files.pyproject import read_settings

    given: str | None = config.getoption("--services85-cassettes") or read_settings().get("cassettes")
    return given


def list_cassettes(config: pytest.Config) -> list[Path]:
    """The recordings that the options name: ``cassettes/`` of the checkout or of the installed package by default."""
    given = _name_cassettes(config)
    folders = [Path(given)] if given else [_PACKAGE.parent / "cassettes", _PACKAGE / "cassettes"]
    folder = next((f for f in folders if f.is_dir()), None)
    if folder is None:
        if given:
            raise pytest.UsageError(f"--services85-cassettes: {given}: no such folder")
        return []
    return sorted(p for p in folder.rglob("*.yaml") if not p.name.startswith("."))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What keeps the traffic from being judged is said before the first test."""
    if any(map(_is_judged, items)):
        try:
            _open_traffic(config)
        except ContractsError as error:
            raise pytest.UsageError(f"services85: {error}") from None


# --- parametrisation --------------------------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = metafunc.fixturenames
    if not any(name.startswith("services85_") for name in names):
        return
    try:
        _parametrize(metafunc, set(names))
    except ContractsError as error:
        raise pytest.UsageError(f"services85: {error}") from None


def _parametrize(metafunc: pytest.Metafunc, names: set[str]) -> None:
    config = metafunc.config
    if "services85_operation" in names:
        contract = load_contract(config)
        targets = list(contract.targets())
        ids = [_name_operation(contract, s, o) for s, o in targets]
        metafunc.parametrize("services85_operation", targets, ids=ids, indirect=True)
    if "services85_parameter" in names:
        contract = load_contract(config)
        found = list(list_parameters(contract))
        ids = [f"{_name_operation(contract, s, o)}.{e.local}" for s, o, e in found]
        metafunc.parametrize("services85_parameter", found, ids=ids, indirect=True)
    if "services85_cassette" in names:
        paths = list_cassettes(config)
        ids, reason = [p.stem for p in paths], "there are no recordings"
        parametrize_or_skip(metafunc, "services85_cassette", paths, ids, reason, indirect=True)
    if "services85_example" in names:
        contract = load_contract(config)
        messages = list(list_examples(contract))
        reason = "no documented examples came with this contract"
        ids = [_name_example(m, contract) for m in messages]
        parametrize_or_skip(metafunc, "services85_example", messages, ids, reason, indirect=True)


def parametrize_or_skip(
    metafunc: pytest.Metafunc, name: str, values: list[Any], ids: list[str], reason: str, *, indirect: bool = False
) -> None:
    """Parametrises; where there is nothing to try, one test is skipped for that reason."""
    if not values:
        metafunc.parametrize(name, [pytest.param(None, marks=pytest.mark.skip(reason=reason))], ids=["none"])
    else:
        metafunc.parametrize(name, values, ids=ids, indirect=indirect)


def _name_example(message: Message, contract: Contract) -> str:
    file = Path(message.file)
    inside = file.relative_to(contract.source) if file.is_relative_to(contract.source) else file
    return f"{inside.as_posix()}-{message.part}"


def _name_operation(contract: Contract, service: Service, operation: Operation) -> str:
    return f"{service.version}/{operation.label}" if len(contract.services.by_version) > 1 else operation.label


def list_parameters(contract: Contract) -> Iterator[tuple[Service, Operation, Element]]:
    """The parameters with a simple value of every operation: (service, operation, declared element)."""
    for service, operation in contract.targets():
        element = service.schema.element(operation.request.body or "")
        for member in service.schema.members(element.type) if element else ():
            kind = service.schema.type(member.type)
            if kind is not None and kind.kind != "complex":
                yield service, operation, member


def list_examples(contract: Contract) -> Iterator[Message]:
    """The documented examples that came with the contract: beside its WSDLs, and pages in its folder."""
    from .messages import Skipped, read_all
    from .model import Message

    for service in contract.services:
        for (operation, direction), data in service.examples.items():
            title = (service.version, service.agent, operation)
            name = f"{service.agent}.{operation}"
            yield Message(data, name, direction, direction, documented=True, title=title)
    folder = Path(contract.source)
    if folder.is_dir():
        pages = sorted(str(p) for p in folder.rglob("*.md"))
        for message in read_all(pages):
            if not isinstance(message, Skipped) and message.documented:
                yield message


# --- fixtures ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def services85_operation(request: pytest.FixtureRequest) -> Any:
    """Every operation of the contract, a test each: (`Service`, `Operation`)."""
    return request.param


@pytest.fixture
def services85_parameter(request: pytest.FixtureRequest) -> Any:
    """Every parameter with a simple value, a test each: (`Service`, `Operation`, `Element`)."""
    return request.param


@pytest.fixture
def services85_cassette(request: pytest.FixtureRequest) -> Any:
    """Every recording of --services85-cassettes, a test each: its path."""
    return request.param


@pytest.fixture
def services85_example(request: pytest.FixtureRequest) -> Any:
    """Every documented example that came with the contract, a test each: its `Message`."""
    return request.param


@pytest.fixture(scope="session")
def services85_contract(pytestconfig: pytest.Config) -> Contract:
    """The contract of --services85-contract; Services85 as shipped by default."""
    return load_contract(pytestconfig)


@pytest.fixture(scope="session")
def services85_candidate(pytestconfig: pytest.Config) -> Contract | None:
    """The contract of --services85-candidate, or None."""
    source = pytestconfig.getoption("--services85-candidate")
    if not source:
        return None
    from .contract import load

    return load(source)


@pytest.fixture(scope="session")
def services85_evidence(pytestconfig: pytest.Config, services85_contract: Contract) -> UseEvidence | None:
    """What says which operations are used: --services85-used-by and --services85-uses, else the project's recordings.

    The recordings that come with this package say nothing of what anybody uses: with them alone it is None.
    """
    from .diff.evidence import read_evidence

    folders, lists = (pytestconfig.getoption(f"--services85-{name}") for name in ("used-by", "uses"))
    own, services = _name_cassettes(pytestconfig), services85_contract.services
    if not folders and not lists:
        return read_evidence([own], [], services) if own else None
    evidence = read_evidence(folders, lists, services)
    return replace(evidence, beside=read_evidence([own], [], services).messages) if own else evidence


@pytest.fixture(scope="session")
def services85_cassettes(pytestconfig: pytest.Config) -> list[Path]:
    """The recordings to replay."""
    return list_cassettes(pytestconfig)


@pytest.fixture(scope="session")
def services85_tenant(pytestconfig: pytest.Config, services85_contract: Contract) -> Iterator[Any]:
    """The `GuardedTenant` (contracts.live) of --services85-tenant; the test is skipped where that is not given."""
    which = pytestconfig.getoption("--services85-tenant")
    if not which:
        pytest.skip("no tenant was named (--services85-tenant stand-in|live|URL)")
    if which == "stand-in":
        from .contract import load

        spoken = {(service.version, service.agent) for service in load().services}
        if spoken.isdisjoint((service.version, service.agent) for service in services85_contract.services):
            pytest.skip(f"the stand-in speaks for none of this contract's agents, but for {_name_agents(spoken)}")
    from .live.open_tenant import open_tenant

    with open_tenant(
        which,
        services85_contract,
        misbehaviours=pytestconfig.getoption("--services85-fault"),
        production=pytestconfig.getoption("--services85-production"),
        allow_start=pytestconfig.getoption("--services85-allow-start"),
    ) as tenant:
        yield tenant
        provenance_lines(pytestconfig).extend(tenant.remarks)


def _name_agents(agents: set[tuple[str, str]]) -> str:
    return ", ".join(f"{version}/{agent}" for version, agent in sorted(agents))


@pytest.fixture
def services85() -> Iterator[StandIn]:
    """A running stand-in tenant of this test's own, with ``url``, ``wsdl`` (Batch's), ``token`` and ``ticket``."""
    from .standin.server import StandIn

    with StandIn() as tenant:
        yield tenant


@dataclass(frozen=True, repr=False)
class HandJudge:
    """`Contract.check_request` and `check_response`, which fail the test where the message is not kept."""

    contract: Contract
    excuse: Callable[[Verdict], Verdict]

    def check_request(self, data: Any, *given: Any, **options: Any) -> Verdict:
        __tracebackhide__ = True
        return self._require_kept(self.contract.check_request(data, *given, **options))

    def check_response(self, data: Any, *given: Any, **options: Any) -> Verdict:
        __tracebackhide__ = True
        return self._require_kept(self.contract.check_response(data, *given, **options))

    def _require_kept(self, verdict: Verdict) -> Verdict:
        __tracebackhide__ = True
        verdict = self.excuse(verdict)
        verdict.raise_if_broken()
        return verdict


@pytest.fixture(scope="session")
def services85_judge(pytestconfig: pytest.Config, services85_contract: Contract) -> HandJudge:
    """Judges by hand: ``check_request`` and ``check_response`` fail the test where a message is not kept; waivers
    hold."""
    return HandJudge(services85_contract, load_waivers(pytestconfig))


# --- traffic ----------------------------------------------------------------------------------------------------------


def load_waivers(config: pytest.Config) -> Callable[[Verdict], Verdict]:
    """What makes of a verdict the one that a team's own waivers leave."""
    from datetime import date

    from .rules.waivers import Waivers, read_own_waivers

    return Waivers(read_own_waivers(config.getoption("--services85-waivers")), date.today()).apply


def _is_judged(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("services85")
    if marker is not None:
        try:
            return _read_marker(*marker.args, **marker.kwargs)
        except TypeError as error:
            raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.services85: {error}") from None
    return bool(item.config.getoption("--services85-judge") or item.config.getini("services85_judge"))


def _read_marker(judge: bool = True) -> bool:
    return judge


def _open_traffic(config: pytest.Config) -> Traffic:
    """What judges the traffic of all tests, from the first one on that wants it."""
    if _TRAFFIC not in config.stash:
        from .clients.attribution import Traffic
        from .files.pyproject import choose_onsite

        config.stash[_TRAFFIC] = Traffic(load_contract(config), load_waivers(config), choose_onsite(False))
        config.add_cleanup(config.stash[_TRAFFIC].close)
    return config.stash[_TRAFFIC]


def _judge_phase(item: pytest.Item, when: str) -> Generator[None, Any, Any]:
    """Judges what is sent in a phase of a test, and fails that if it breaks the contract, whatever else it fails by."""
    __tracebackhide__ = True
    if not _is_judged(item):
        return (yield)
    traffic = _open_traffic(item.config)
    traffic.begin(f"{when} of {item.nodeid}")
    try:
        return (yield)
    finally:
        phase = traffic.end()
        item.stash[_COUNT] = item.stash.get(_COUNT, 0) + phase.messages
        if phase.blamed and not isinstance(sys.exception(), KeyboardInterrupt | pytest.exit.Exception):
            raise _blame(phase.blamed)


def _blame(verdicts: Sequence[Verdict]) -> ContractBroken | NotJudged:
    """The error of the first verdict, with the others as notes."""
    broken_first = sorted(verdicts, key=lambda verdict: verdict.outcome)
    errors = [ContractBroken(v) if v.violations else NotJudged(v) for v in broken_first]
    _, *others = dict.fromkeys(map(str, errors))
    for text in others[:_MOST_BLAMED]:
        errors[0].add_note(f"\n{text}")
    if len(others) > _MOST_BLAMED:
        errors[0].add_note(f"\n… {len(others) - _MOST_BLAMED} more")
    return errors[0]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    return (yield from _judge_phase(item, "setup"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    return (yield from _judge_phase(item, "call"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    return (yield from _judge_phase(item, "teardown"))


# --- reports ----------------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Marks what could not be judged (an unreachable tenant, an unreadable contract): no breach, and no success.

    So is a defect of ours: an error out of this package that says nothing of a contract.
    """
    report = yield
    if report.when == "teardown" and _COUNT in item.stash:
        setattr(report, MESSAGES, item.stash[_COUNT])
    if call.excinfo is not None and report.failed:
        _hide_inner_values(report.longrepr)
        from .model.wording import describe_defect

        error, raised = call.excinfo.value, Path(call.excinfo.traceback[-1].path)
        if isinstance(error, ContractBroken | NotJudged):
            _tidy_report(report.longrepr, item, error)
        if isinstance(error, ContractsError):
            setattr(report, UNJUDGED, str(error))
        elif isinstance(error, Exception) and not isinstance(error, AssertionError) and _is_ours(raised):
            setattr(report, UNJUDGED, describe_defect(error))
            setattr(report, DEFECT, True)
        elif isinstance(verdict := getattr(error, "verdict", None), Verdict):
            found = [finding.as_dict() for finding in verdict.violations]
            remark = getattr(error, "remark", "")
            setattr(report, VERDICT, {"operation": verdict.label, "violations": found, "remark": remark})
    return report


def _hide_inner_values(longrepr: Any) -> None:
    """From the first frame in this package on no values are shown (``-l``, ``-vv``): any of them may be a ticket."""
    for trace, _, _ in getattr(longrepr, "chain", ()):
        inside = False
        for entry in trace.reprentries:
            place = getattr(entry, "reprfileloc", None)
            inside = inside or (place is not None and _is_ours(Path(place.path)))
            if inside:
                entry.reprlocals = entry.reprfuncargs = None


def _tidy_report(longrepr: Any, item: pytest.Item, error: Exception) -> None:
    """A failure by a message begins with rule and place; what the test itself failed by comes after one by traffic.

    That has no frame of its own, which pytest would say: it is laid at its test.
    """
    trace, crash = getattr(longrepr, "reprtraceback", None), getattr(longrepr, "reprcrash", None)
    if trace is None or crash is None:
        return
    name = f"{type(error).__module__}.{type(error).__qualname__}: "
    crash.message = crash.message.removeprefix(name)
    for entry in trace.reprentries:
        entry.lines = [line.replace(name, "") if line.startswith("E ") else line for line in entry.lines]
    if trace.extraline:
        trace.extraline = None
        crash.path, crash.lineno = str(item.path), (item.location[1] or 0) + 1
        *before, (_, _, _) = chain = longrepr.chain
        if before:
            before[-1] = (before[-1][0], crash, None)  # pytest-xdist takes the last one's for the whole
            chain[:] = [(trace, crash, "The test itself failed by this:"), *before]


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """What could not be judged is an error of the run, not a failure of what was tested."""
    return ("error", "E", "UNJUDGED") if getattr(report, UNJUDGED, None) else None


def _is_ours(file: Path) -> bool:
    file = file.resolve()
    return file.is_relative_to(_PACKAGE) and not file.is_relative_to(_PACKAGE / "suite")


def provenance_lines(config: pytest.Config) -> list[str]:
    """Lines on where the recordings come from and which are out of date, in the order they were used."""
    return config.stash.setdefault(_PROVENANCE, [])


@pytest.fixture
def services85_provenance(pytestconfig: pytest.Config) -> list[str]:
    """Lines appended to it appear at the end of the report."""
    return provenance_lines(pytestconfig)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    reports = [report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, MESSAGES)]
    if reports:
        messages = counted(sum(getattr(report, MESSAGES) for report in reports), "message")
        terminalreporter.write_line(f"services85: {messages} judged, of {counted(len(reports), 'test')}")
    lines = list(dict.fromkeys(provenance_lines(config)))
    if lines:
        terminalreporter.section("recordings")
        for line in lines:
            terminalreporter.write_line(line)
