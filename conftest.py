"""For every test: nothing talks to a host other than loopback, and recordings are matched on all that matters."""

from __future__ import annotations

import gc
import json
import os
import tempfile
from collections.abc import Iterator
from typing import Any, TextIO

import pytest

from contracts.plugin import PROFILES

pytest.register_assert_rewrite("tests")  # what a helper asserts says what it found, as a test's own does
pytest_plugins = ["pytester"]


def pytest_configure(config: pytest.Config) -> None:
    """Settings that hold for every test; the journals of jobs that tests start lie in no user's folder."""
    profile = os.environ.get("HYPOTHESIS_PROFILE") or PROFILES[0]
    if profile not in PROFILES:  # said here, as a conftest.py that is found only while collecting gets a traceback
        raise pytest.UsageError(f"HYPOTHESIS_PROFILE={profile}: known are {', '.join(PROFILES)}")
    state = tempfile.TemporaryDirectory()
    config.add_cleanup(state.cleanup)
    os.environ["XDG_STATE_HOME"] = state.name


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: to look it through for garbage again costs each run of pytest within a test most."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A worker that is done takes over what another one still has: some tests wait, and some rooms take long."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    """vcrpy knows nothing of SOAPAction, and would replay another operation's response."""
    from contracts.recording.vcr import register

    register(vcr)


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    from contracts.recording import vcr

    return vcr.vcr_config()


@pytest.fixture(autouse=True, scope="session")
def every_json_fits_its_schema() -> Iterator[None]:
    """What any test prints as JSON is held against the schema of that command."""
    from contracts.report import formats
    from contracts.report import json as renderer

    def render(result: renderer.Result, stream: TextIO) -> Iterator[str]:
        lines = list(render_json(result, stream))
        shape = json.loads("\n".join(lines))
        name = shape.get("schema", "") if isinstance(shape, dict) else ""
        if (command := name.removeprefix("services85-").removesuffix("/1")) in ("check", "diff", "verify"):
            import jsonschema

            try:
                jsonschema.validate(shape, json.loads(formats.read_schema(command)))
            except jsonschema.ValidationError as error:
                pytest.fail(str(error))  # no Exception, which a command would take for a defect of ours
        yield from lines

    render_json = renderer.render_json
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renderer, "render_json", render)
        yield
