"""Values as .NET reads and writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import contracts
from contracts.model.names import XSD
from contracts.xsd.builtins import MAX_DECIMAL
from contracts.xsd.values import InvalidValue, read_value, write_value

SCHEMA = contracts.load().services[0].schema
# fmt: off
READ: dict[str, list[tuple[str, Any, str]]] = {  # type -> text, value, what is written
    "boolean": [(" 1 ", True, "true"), ("false", False, "false")],
    "int": [("+0042", 42, "42"), ("-0", 0, "0"), (" -2147483648\n", -2147483648, "-2147483648")],
    "unsignedLong": [("18446744073709551615", 2**64 - 1, "18446744073709551615")],
    "double": [("1.50", 1.5, "1.5"), ("5", 5.0, "5"), ("1e300", 1e300, "1E+300"), ("-INF", float("-inf"), "-INF")],
    "decimal": [
        (str(MAX_DECIMAL), Decimal(MAX_DECIMAL), str(MAX_DECIMAL)),
        ("007.50", Decimal("7.50"), "7.50"), ("-.5", Decimal("-0.5"), "-0.5"),
    ],
    "dateTime": [
        ("2026-01-02", "2026-01-02T00:00:00", "2026-01-02T00:00:00"),
        ("--02-29", "1904-02-29T00:00:00", "1904-02-29T00:00:00"),
        ("2026-01-02T03:04:05.1200z", "2026-01-02T03:04:05.12Z", "2026-01-02T03:04:05.12Z"),
        ("2026", "2026-01-01T00:00:00", "2026-01-01T00:00:00"),
    ],
    "base64Binary": [("YW Jj\n", "YWJj", "YWJj")],
    "duration": [("P1Y2M3DT4H5M6.7S", "P1Y2M3DT4H5M6.7S", "P1Y2M3DT4H5M6.7S")],
    "string": [(" a ", " a ", " a ")],
}
REFUSED = {
    "boolean": ["True", "yes", "2", ""],
    "int": ["", "4 2", "2147483648", "9" * 1_000_000, "\u0664", "1.0"],
    "unsignedByte": ["-1", "256"],
    "double": ["1e", "Infinity", "1e309", "-1.8e308", "0x1"],
    "float": ["1e39", "nan"],
    "decimal": ["79228162514264337593543950336", "1e3", "."],
    "dateTime": ["2026-01-02T24:00:00", "2026-02-30", "0000-01-01T00:00:00", "10000-01-01", "2026-01-02T", "yesterday"],
    "base64Binary": ["YWJ", "-_-_"],
    "duration": ["P", "PT", "P10675200D", "PT1.S"],
}
# fmt: on


@pytest.mark.parametrize("kind", READ)
def test_what_is_read(kind: str) -> None:
    for text, value, written in READ[kind]:
        read = read_value(SCHEMA, f"{{{XSD}}}{kind}", text)
        assert (read, type(read)) == (value, type(value))
        assert write_value(read) == written


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused(kind: str) -> None:
    for text in REFUSED[kind]:
        with pytest.raises(InvalidValue):
            read_value(SCHEMA, f"{{{XSD}}}{kind}", text)
