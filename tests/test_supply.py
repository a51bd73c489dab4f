"""What is installed is what the lists say, and the lists are whole: exact versions, a hash for every file.

`make lock` writes the lists.
"""

from __future__ import annotations

import re
import tarfile
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNS, TESTS = "requirements.txt", "requirements-dev.txt"
OUTSIDE_LISTS = {"pip", "setuptools", "wheel", "gimap-tui"}
"""What a new environment brings, and this project."""
SYSTEMS = ("linux", "darwin")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

_ENTRY = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(?:\[(?P<extras>[^]]*)\])?==(?P<version>[^ ;]+)"
    r"(?: ; (?P<marker>.*?))?(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n"
)


class Entry:
    """One package of a list."""

    def __init__(self, found: re.Match[str]) -> None:
        self.name = canonicalize_name(found["name"])
        self.version = found["version"]
        self.marker = Marker(found["marker"]) if found["marker"] else None
        self.hashes = frozenset(re.findall(r"[0-9a-f]{64}", found["hashes"]))

    def is_for(self, environment: dict[str, str] | None = None) -> bool:
        """Whether it is installed there; here, if nothing is said."""
        return self.marker is None or self.marker.evaluate(environment)


def entries(name: str) -> dict[str, Entry]:
    text = (ROOT / name).read_text(encoding="utf-8")
    found = list(_ENTRY.finditer(text))
    assert "".join(match[0] for match in found) == text, "something is no exact version with hashes"
    by_name: dict[str, Entry] = {entry.name: entry for entry in map(Entry, found)}
    assert len(by_name) == len(found), "a package stands there twice"
    return by_name


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def wanted(*, is_dev: bool) -> list[Requirement]:
    """What pyproject.toml asks for."""
    project = PROJECT["project"]
    texts = [*project["dependencies"], *PROJECT["dependency-groups"]["build"]]
    if is_dev:
        texts += [*project["optional-dependencies"]["dev"], *project["optional-dependencies"]["tls"]]
    return [Requirement(text) for text in texts]


def closure(roots: list[Requirement]) -> set[str]:
    """The packages that these need here, as what is installed says of itself."""
    needed: set[tuple[str, str]] = set()
    waiting = [(root, "") for root in roots]
    while waiting:
        requirement, asker = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": asker}):
            continue
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in needed:
                needed.add((name, extra))
                texts = metadata.requires(name) or []
                waiting += [(Requirement(text), extra) for text in texts]
    return {name for name, _ in needed}


@pytest.mark.parametrize(("name", "is_dev"), [(RUNS, False), (TESTS, True)])
def test_every_dependency_is_listed(name: str, is_dev: bool) -> None:
    listed = entries(name)
    for requirement in wanted(is_dev=is_dev):
        found = listed.get(canonicalize_name(requirement.name))
        assert found is not None, f"{requirement}: run `make lock`"
        assert requirement.specifier.contains(found.version), f"{requirement}: run `make lock`"


@pytest.mark.parametrize(("name", "is_dev"), [(RUNS, False), (TESTS, True)])
def test_what_is_installed_equals_the_list(name: str, is_dev: bool) -> None:
    listed = {entry.name: entry.version for entry in entries(name).values() if entry.is_for()}
    needed = closure(wanted(is_dev=is_dev))
    assert needed - set(listed) == set(), "needed, and not listed: run `make lock`"
    assert set(listed) - needed == set(), "listed, and not needed: run `make lock`"
    installed = {each: metadata.version(each) for each in listed}
    assert installed == listed, "install anew: `make clean test`"


def test_the_lists_agree() -> None:
    runs, tests = entries(RUNS), entries(TESTS)
    assert set(runs) <= set(tests)
    for name, entry in runs.items():
        assert (entry.version, entry.hashes) == (tests[name].version, tests[name].hashes)
    assert constraints() == {entry.name: entry.version for entry in tests.values()}


def test_nothing_that_only_tests_is_installed_to_run() -> None:
    assert set(entries(RUNS)).isdisjoint({"mypy", "hypothesis", "pytest", "ruff", "coverage", "imapclient"})


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_packages_with_compiled_parts_have_hashes_for_many_systems(system: str, python: str) -> None:
    there = {"sys_platform": system, "python_version": python, "python_full_version": f"{python}.1"}
    for name in ("selectolax", "msgspec"):
        entry = entries(RUNS)[name]
        assert entry.is_for(there)
        # A wheel for each Python on each of two kinds of Linux and of macOS at least.
        assert len(entry.hashes) >= len(PYTHONS) * 4


def test_no_list_names_a_host() -> None:
    for name in (RUNS, TESTS, "constraints.txt", "Makefile", ".ci/run", ".ci/python314"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url " not in text.replace("global.index-url ", "")


def test_the_source_archive_holds_what_sets_it_up(tmp_path: Path) -> None:
    from hatchling.builders.sdist import SdistBuilder

    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"Makefile", "constraints.txt", RUNS, TESTS, "pyproject.toml", ".ci/run", "README.md"} <= names
    assert {"tui/__main__.py", "imapcore/__init__.py", "tests/test_supply.py"} <= names
