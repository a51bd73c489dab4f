"""Hypothesis in every room, and the long proofs: their seed, and what they say of themselves.

Everywhere: the same examples each time, and no clock, since the machine may be busy; new examples are
looked for by the fuzz targets (``tests.fuzz``). The long proofs (``-m soak``) draw theirs from one seed, new
each time and told with what was run; ``--seed`` gives it again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")

TOLD = "told"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--seed``."""
    parser.addoption("--seed", type=int, help="what the long proofs draw from, as they have told it")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed, once for all processes of a run."""
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(1_000_000)


@pytest.fixture
def soak_seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run."""
    return int(request.config.option.seed)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """Say what a proof has run; shown at the end, with its seconds, also when it failed."""
    said: list[str] = []
    began = time.monotonic()
    yield said.append
    for line in said:
        request.node.user_properties.append((TOLD, f"{line}, {time.monotonic() - began:.0f} s"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what was told."""
    lines = [
        f"{report.nodeid}: {text}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "teardown"
        for name, text in report.user_properties
        if name == TOLD
    ]
    if lines:
        terminalreporter.section(f"long proofs, --seed {config.option.seed}")
        for line in sorted(lines):
            terminalreporter.write_line(line)
