"""`services85 schema`: the shapes that are promised. What the other tests print as JSON is held against them too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from .running import assert_refused, run

COMMANDS = ("check", "diff", "verify")
OLD = Path(__file__).parents[2] / "contracts" / "diff" / "examples" / "old.wsdl"


def _schema(command: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(run("schema", command).stdout)
    return schema


@pytest.mark.parametrize("command", COMMANDS)
def test_each_is_a_schema(command: str) -> None:
    schema = _schema(command)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == schema["properties"]["schema"]["const"] == f"services85-{command}/1"
    assert schema.get("$defs", {}).get("finding") in (None, _schema("check")["$defs"]["finding"])


@pytest.mark.parametrize(
    ("command", "arguments"),
    [("check", [str(OLD.parents[2] / "rules" / "examples" / "body-case")]), ("diff", [str(OLD), str(OLD)])],
)
def test_what_is_printed_fits_and_what_lacks_a_field_does_not(command: str, arguments: list[str]) -> None:
    printed = json.loads(run(command, *arguments, "--format", "json").stdout)
    jsonschema.validate(printed, _schema(command))
    for field in printed:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({name: value for name, value in printed.items() if name != field}, _schema(command))


def test_there_is_none_of_other_commands() -> None:
    assert_refused(run("schema", "serve"), "'serve' is none of check, diff, verify")
