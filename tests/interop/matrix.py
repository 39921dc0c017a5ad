"""The matrix: each client by case, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from .cases import MISTAKES, RIGHT, Case
from .running import Exchange, Outcome
from .stacks import DEBIAN, NODE_MODULES

Runs = Mapping[str, Sequence[Outcome]]
"""Of each client, by its name, what became of every case."""

_HEAD = """# Real SOAP stacks, judged on the wire

Written by `python -m tests.interop --write`; not by hand. Each client is a small program of `clients/`, is given the
WSDL, and is asked to do each case of `cases.py` through the proxy of `services85 watch`; the servers are the stand-in
tenant and a service on Mono's WCF (`servers/`).

    {debian}
    pip install suds-community pysimplesoap
    npm install --prefix DIR soap strong-soap && export {node}=DIR/node_modules

| client | version |
|---|---|
{versions}

* **kept**: the request and its answer are kept, and the client reads the answer right.
* **caught**: what left the client is broken, and the rule beside the case says so.
* **hidden**: what left the client is a right request: it has cast, dropped or reordered what it was given.
* **refused**: the client says so itself; nothing has left it.
* **-**: with this client there is no way to do it.

That a hidden mistake has left no trace is told by an XPath of the case, not by the judge. Nothing else may come out: a
right call that is called broken, or a mistake that leaves the client and is kept, fails `tests/interop`.
"""


def write_matrix(versions: Mapping[str, str], standin: Runs, wcf: Runs) -> str:
    """The text of README.md. ``standin``, ``wcf``: the runs against either server."""
    lines = [f"| {name} | {version} |" for name, version in versions.items()]
    parts = [
        _HEAD.format(debian=DEBIAN, node=NODE_MODULES, versions="\n".join(lines)),
        "## Used rightly\n",
        _write_table(RIGHT, standin),
        "\n## Mistakes\n",
        "Last column: what a WCF service answers to what is caught. **200**: a normal response with Succeeded true,\n"
        "to something that nobody asked for.\n",
        _write_table(MISTAKES, standin, wcf),
        "\n## What clients hide\n",
        *_list_hidden(standin),
        "\n## In sum\n",
        *_summarize(standin, wcf),
    ]
    return "\n".join(parts) + "\n"


def _summarize(standin: Runs, wcf: Runs) -> list[str]:
    """A few lines."""
    counts = Counter(outcome.cell for outcomes in standin.values() for outcome in outcomes)
    broken = [one for outcomes in wcf.values() for outcome in outcomes for one in _broken(outcome)]
    silent = sum(_show_answer(one) == "200" for one in broken)
    shown = ", ".join(f"{counts[cell]} {cell}" for cell in ("kept", "caught", "hidden", "refused"))
    return [
        f"{len(standin)} clients, {len(RIGHT)} right calls and {len(MISTAKES)} mistakes: {shown}.",
        f"WCF answered {silent} of the {len(broken)} broken requests with 200 and Succeeded true.",
    ]


def _write_table(cases: Iterable[Case], standin: Runs, wcf: Runs | None = None) -> str:
    columns = ["case", *standin, *(["rule", "WCF"] if wcf else [])]
    rows = [columns, ["---"] * len(columns)]
    for case in cases:
        outcomes = _pick(case, standin)
        row = [case.name, *(outcome.cell for outcome in outcomes)]
        if wcf:
            rules = sorted({rule for outcome in outcomes for rule in outcome.rules})
            answers = sorted({_show_answer(one) for outcome in _pick(case, wcf) for one in _broken(outcome)})
            row += [", ".join(f"`{rule}`" for rule in rules), ", ".join(answers)]
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _pick(case: Case, runs: Runs) -> list[Outcome]:
    return [outcome for outcomes in runs.values() for outcome in outcomes if outcome.case is case]


def _broken(outcome: Outcome) -> list[Exchange]:
    return [one for one in outcome.exchanges if not one.verdict.kept]


def _show_answer(one: Exchange) -> str:
    """The status; ``200 false`` for one that says that it did not succeed, ``200 empty``; ``none``: nothing came."""
    if one.response is None or one.response.http is None:
        return "none"
    status, data = str(one.response.http.status), one.response.data
    if status != "200":
        return status
    if not data.strip():
        return "200 empty"
    succeeded = etree.fromstring(data).xpath("boolean(//*[local-name() = 'Succeeded'] = 'true')")
    return "200" if succeeded else "200 false"


def _list_hidden(runs: Runs) -> list[str]:
    lines = []
    for name, outcomes in runs.items():
        hidden = [f"{one.case.name} -> {one.sent}" for one in outcomes if one.cell == "hidden"]
        lines.append(f"* **{name}**: {'; '.join(hidden) or 'nothing'}")
    return lines
