"""The plugin as a team's own tests use it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contracts.files.limits import current_limits

OPTIONS = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:unraisableexception")


def test_every_operation_and_the_contract(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_labels(services85_operation, services85_contract):
            service, operation = services85_operation
            assert services85_contract.operation(operation.label) == (service, operation)
        """
    )
    result = pytester.runpytest_inprocess(*OPTIONS, "-v")
    result.assert_outcomes(passed=15)
    result.stdout.fnmatch_lines(["*test_labels[[]Batch.StopBatchJob[]]*"])


def test_parameters_and_examples(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_parameter(services85_parameter):
            service, operation, element = services85_parameter
            assert element.local in {"Id", "State", "Name", "BatchTaskId", "UserName", "Password"}

        def test_example(services85_example, services85_contract):
            services85_contract.judge(services85_example).raise_if_broken()
        """
    )
    result = pytester.runpytest_inprocess(*OPTIONS)
    result.assert_outcomes(passed=12)


def test_own_cassettes(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("recorded")
    (folder / "one.yaml").write_text("interactions: []\n")
    pytester.makepyfile(
        """
        def test_one(services85_cassette, services85_cassettes):
            assert services85_cassettes == [services85_cassette]
        """
    )
    result = pytester.runpytest_inprocess(*OPTIONS, "--services85-cassettes", str(folder))
    result.assert_outcomes(passed=1)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever runs this may read everything")
def test_a_folder_of_cassettes_that_may_not_be_read_is_not_left_out(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("recorded")
    (folder / "one.yaml").write_text("interactions: []\n")
    (folder / "closed").mkdir(0o000)
    test = pytester.makepyfile("def test_one(services85_cassette): services85_cassette.read_bytes()")
    result = pytester.runpytest_inprocess(*OPTIONS, "--services85-cassettes", str(folder), str(test))
    result.assert_outcomes(passed=1, failed=1)


def test_what_cannot_be_judged_is_an_error_and_no_failure(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from contracts.model import ContractsError

        def test_unjudged():
            raise ContractsError("nobody answers")

        def test_broken():
            assert False
        """
    )
    pytester.runpytest_inprocess(*OPTIONS).assert_outcomes(errors=1, failed=1)


def test_no_tenant_is_a_skip_with_its_reason(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_live(services85_tenant): pass")
    result = pytester.runpytest_inprocess(*OPTIONS, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*no tenant was named*"])


def test_the_stand_in(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_live(services85_tenant):
            assert services85_tenant.call("Batch.StopBatchJob", {"Id": -1}).text("Response") == "false"
        """
    )
    pytester.runpytest_inprocess(*OPTIONS, "--services85-tenant=stand-in").assert_outcomes(passed=1)
    result = pytester.runpytest_inprocess(*OPTIONS, "--services85-tenant=stand-in", "--services85-fault=login-page")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*CouldNotJudge*login page*"])


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--services85-contract=missing.wsdl", "*services85: missing.wsdl: No such file*"),
        ("--services85-cassettes=missing", "*--services85-cassettes: missing: no such folder*"),
    ],
)
def test_what_is_missing_is_one_line(pytester: pytest.Pytester, option: str, said: str) -> None:
    pytester.makepyfile("def test_it(services85_operation, services85_cassette): pass")
    result = pytester.runpytest_inprocess(*OPTIONS, option)
    assert result.ret != 0
    result.stdout.fnmatch_lines([said])
    assert "Traceback" not in result.stdout.str()


def test_another_contract(pytester: pytest.Pytester, tmp_path: Path) -> None:
    from contracts.wsdl.load import DATA

    text = (DATA / "Services85" / "SoPrincipal" / "service.wsdl").read_text(encoding="utf-8")
    (tmp_path / "new.wsdl").write_text(text.replace("Services85", "Services99"), encoding="utf-8")
    pytester.makepyfile("def test_it(services85_operation): assert services85_operation[0].version == 'Services99'")
    result = pytester.runpytest_inprocess(*OPTIONS, f"--services85-contract={tmp_path / 'new.wsdl'}")
    result.assert_outcomes(passed=4)
    pytester.makepyfile("def test_it(services85_tenant): pass")
    result = pytester.runpytest_inprocess(
        *OPTIONS, f"--services85-contract={tmp_path / 'new.wsdl'}", "--services85-tenant=stand-in", "-rs"
    )
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*the stand-in speaks for none of this contract's agents*"])


def test_limits_of_the_settings_hold(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", pyproject="[tool.services85.limits]\nelements = 3\n")
    pytester.makepyfile(
        """
        def test_one(services85_contract):
            verdict = services85_contract.check_request("<a><b/><b/><b/></a>")
            assert "limit of 3 elements" in verdict.reason
        """
    )
    pytester.runpytest_inprocess(*OPTIONS).assert_outcomes(passed=1)
    assert current_limits().elements > 3


@pytest.mark.parametrize(
    ("named", "conftest", "is_there"),
    [
        (["-p", "contracts.plugin"], "", True),
        (["-p", "services85"], "pytest_plugins = ['contracts.plugin']", True),
        ([], "pytest_plugins = ['contracts.plugin']", True),
        (["-p", "no:services85"], "", False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_it_is_there_once_whoever_names_it(
    named: list[str], conftest: str, is_there: bool, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(conftest)
    pytester.makepyfile("def test_it(services85_contract): pass")
    result = pytester.runpytest_inprocess(*OPTIONS, *named)
    result.assert_outcomes(passed=is_there, errors=not is_there)
