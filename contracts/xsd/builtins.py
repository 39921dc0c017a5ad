"""The builtins of XML Schema 1.0 (part 2, section 3): what they derive from, and how far the integers reach."""

from __future__ import annotations

XSD = "http://www.w3.org/2001/XMLSchema"

_BITS = {"byte": 8, "short": 16, "int": 32, "long": 64}
INTEGER_RANGES: dict[str, tuple[int, int]] = {
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in _BITS.items()},
    **{f"unsigned{name.title()}": (0, 2**bits - 1) for name, bits in _BITS.items()},
}
"""Smallest and largest value, by local name."""

OPEN_RANGES: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
"""The same of the integers without a limit, which is None."""

MAX_DECIMAL = 79228162514264337593543950335
"""The largest System.Decimal; XSD's decimal has no limit."""

PRIMITIVES = frozenset({
    "anySimpleType", "anyType", "anyURI", "base64Binary", "boolean", "date", "dateTime", "decimal", "double",
    "duration", "float", "gDay", "gMonth", "gMonthDay", "gYear", "gYearMonth", "hexBinary", "NOTATION", "QName",
    "string", "time", "ENTITIES", "IDREFS", "NMTOKENS",
})  # fmt: skip
"""The builtins that `BASES` does not have, by local name: what all derive from, and lists."""

BASES = {
    "integer": "decimal",
    "long": "integer",
    "int": "long",
    "short": "int",
    "byte": "short",
    "nonNegativeInteger": "integer",
    "unsignedLong": "nonNegativeInteger",
    "unsignedInt": "unsignedLong",
    "unsignedShort": "unsignedInt",
    "unsignedByte": "unsignedShort",
    "positiveInteger": "nonNegativeInteger",
    "nonPositiveInteger": "integer",
    "negativeInteger": "nonPositiveInteger",
    "normalizedString": "string",
    "token": "normalizedString",
    "language": "token",
    "NMTOKEN": "token",
    "Name": "token",
    "NCName": "Name",
    "ID": "NCName",
    "IDREF": "NCName",
    "ENTITY": "NCName",
}
"""What a builtin derives from (XSD 1.0 part 2, section 3); the others derive from anySimpleType. By local name."""
