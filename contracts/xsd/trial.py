"""Schemas that may cost libxml2 hours or gigabytes are first compiled in a process that can be ended.

libxml2 cannot be stopped: a content model of n particles takes it n³ steps, a chain of extensions n⁴, and what refers
twice to the next of n levels 2ⁿ. A quick look tells which schemas may be such; all others are compiled at once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from lxml import etree

from ..files.limits import current_limits, hint_raise
from ..model.names import XSD, namespace, resolve_qname

_XS = f"{{{XSD}}}"
_MODELS = (f"{_XS}sequence", f"{_XS}choice", f"{_XS}all")
_TYPE, _EXTENSION = f"{_XS}complexType", f"{_XS}extension"
_UNION = f"{_XS}union"
_GROUPS = (f"{_XS}group", f"{_XS}attributeGroup")
_PATTERN, _ANY, _RESTRICTION = f"{_XS}pattern", f"{_XS}any", f"{_XS}restriction"
_MOST_STEPS = 10**8
"""About a quarter of a second."""
_FEW = 8
"""So many particles or values of one parent cost nothing: nearly all declarations have no more."""
_MOST_NESTED = 16
"""Particles of models that repeat within others, references within what is referred to, unions."""
_LONGEST_PATTERN = 500  # characters


def is_costly(roots: Iterable[etree._Element]) -> bool:
    """Whether compiling these ``xs:schema`` elements may take long. It walks over them once, and never follows a name.

    Counted are the steps of libxml2, roughly and rather too many: what is called costly wrongly is only tried out.
    """
    own: dict[str, tuple[int, str]] = {}
    steps = nested = referring = restricted = 0
    for root in roots:
        for node in root.iter(*_MODELS, *_GROUPS, _UNION, _EXTENSION, _PATTERN, _ANY, _RESTRICTION):
            tag = node.tag
            if tag in _MODELS:
                particles = len(node)
                if particles > _FEW:
                    steps += particles**3
                parent = node.getparent()
                if parent is not None and parent.tag in _MODELS:
                    nested += particles if node.get("maxOccurs", "1") != "1" else 0
                    steps += particles * 10**5  # it belongs to a model that may be much larger
            elif tag == _RESTRICTION:
                if len(node) > _FEW and namespace(resolve_qname(node, node.get("base", "")) or "") != XSD:
                    restricted += len(node)  # each value is held against those of all types below
            elif tag == _ANY:
                steps += len(node.get("namespace", "").split()) ** 2
            elif tag == _EXTENSION:
                _note_base(own, node)
            elif tag == _PATTERN:
                if len(node.get("value", "")) > _LONGEST_PATTERN:
                    return True
            elif tag == _UNION or (node.get("ref") and next(node.iterancestors(tag), None) is not None):
                referring += 1  # each level that refers twice to the next doubles the work
        if sum(node.get("substitutionGroup") is not None for node in root.iterchildren(f"{_XS}element")) > _MOST_NESTED:
            return True
    return (
        nested > _MOST_NESTED or referring > _MOST_NESTED or steps + restricted**2 + _count_inherited(own) > _MOST_STEPS
    )


def _note_base(own: dict[str, tuple[int, str]], extension: etree._Element) -> None:
    """Adds to ``own`` how many particles a type has beside its base's, and the base's local name."""
    content = extension.getparent()
    holder = None if content is None else content.getparent()
    if holder is not None and (name := holder.get("name")):
        own[name] = sum(map(len, extension)), extension.get("base", "").rpartition(":")[2]


def _count_inherited(own: dict[str, tuple[int, str]]) -> int:
    """The steps for types that hold what their bases hold, all the way up."""
    heights: dict[str, int] = {}
    for name in own:
        way: list[str] = []
        while name in own and name not in heights:
            heights[name] = 0  # a type that extends itself ends here
            way.append(name)
            name = own[name][1]
        height = heights.get(name, 0)
        for name in reversed(way):
            height += max(own[name][0], 1)
            heights[name] = height
    return sum(height**3 for height in heights.values())


def try_compiling(driver: bytes, documents: dict[str, bytes]) -> str:
    """Compiles in another process. Returns why that is refused, too long or too much memory; empty where it ended."""
    most = current_limits()
    given = {"driver": driver.decode(), "documents": {place: data.decode() for place, data in documents.items()}}
    task = json.dumps({**given, "seconds": most.seconds, "memory": most.memory})
    # On POSIX it ends itself after so much processor time; the clock is for a busy machine, and for Windows.
    patience = most.seconds if sys.platform == "win32" else 3 * most.seconds + 10
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"from {__name__} import run_trial; run_trial()"],
            input=task.encode(),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _refuse_costly("longer", "seconds")
    if done.returncode == 0:
        return ""
    late = sys.platform != "win32" and done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
    return _refuse_costly("longer", "seconds") if late else _refuse_costly("more", "memory")


def _refuse_costly(more: str, name: str) -> str:
    return f"compiling its schemas takes {more} than the limit of {current_limits().show(name)}{hint_raise(name)}"


def run_trial() -> None:
    """The other process: compiles the schemas that standard input holds; exit status 0, or the system ends it."""
    from .compiler import compile_documents

    task = json.load(sys.stdin)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (task["seconds"], task["seconds"] + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":  # elsewhere it does not hold, or counts what is shared
            resource.setrlimit(resource.RLIMIT_AS, (task["memory"] << 20, task["memory"] << 20))
    documents = {place: text.encode() for place, text in task["documents"].items()}
    with suppress(etree.XMLSchemaParseError):
        compile_documents(task["driver"].encode(), documents)
    # libxml2 does not always say that there was no more memory to be had.
    full = _peak_memory() > task["memory"] * 0.9  # an allocation that was refused leaves the peak below the limit
    os._exit(int(full))  # not to take libxml2's trees down, one by one


def _peak_memory() -> int:
    """The most MB that this process had; 0 where Linux does not tell. (ru_maxrss counts what started it, too.)"""
    with suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next((int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmPeak:")), 0)
    return 0
