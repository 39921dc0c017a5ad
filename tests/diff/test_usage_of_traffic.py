"""--used-by takes every container of messages; of mixed traffic what belongs to the old side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.cli.main import main
from tests.helpers.containers import FORMATS
from tests.helpers.messages import STOP

from .comparing import BATCH

JUDGED = {name: judged for name, (_, _, _, judged, _) in FORMATS.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_only_calls_of_the_old_side_count(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "new.wsdl"
    new.write_text(BATCH.read_text("utf-8").replace('name="StopBatchJob', 'name="EndBatchJob'), "utf-8")
    (tmp_path / name).write_bytes(FORMATS[name][0](STOP))
    command = ["diff", str(BATCH), str(new), "--used-by", str(tmp_path / name), "--format"]
    assert main([*command, "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["summary"]["used"] == 1
    main([*command, "text"])
    out = " ".join(capsys.readouterr().out.split())
    assert f"({JUDGED[name]} recorded message" in out and "of no operation of the old side" not in out
