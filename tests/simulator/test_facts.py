"""The table of facts is true: what it names exists, and nothing that is in doubt is missing from it."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from imapcore.simulator import FaultKind, Options
from tests.simulator.facts import FACTS, OF_THE_SERVER, Fact

FOLDER = Path(__file__).parent


def _test_names() -> set[str]:
    """``file::test`` of every test in this folder, ``test_`` left out."""
    names = set()
    for path in FOLDER.glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                names.add(f"{path.stem[5:]}::{node.name[5:]}")
    return names


EXISTING = _test_names()
OPTIONS = {field.name for field in fields(Options)}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.section} {fact.text}")
def test_a_fact_is_held_by_what_exists(fact: Fact) -> None:
    assert fact.tests or fact.why_not
    assert set(fact.tests) <= EXISTING
    assert set(fact.options) <= OPTIONS
    assert set(fact.faults) <= set(FaultKind)


def test_every_option_is_there_for_a_fact_or_for_the_server() -> None:
    named = {option for fact in FACTS for option in fact.options}
    assert OPTIONS - named - OF_THE_SERVER == set()


def test_every_section_is_covered() -> None:
    assert {fact.section for fact in FACTS} >= {
        *(str(number) for number in range(1, 10)),
        *(f"gap {number}" for number in range(1, 12)),
    }
