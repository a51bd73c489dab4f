"""What is imported late is late: no function imports a module that the first frame has loaded anyway."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
AT_THE_START = "import json, sys, imapcore.engine.engine, tui.app; print(json.dumps(sorted(sys.modules)))"


EARLIER = frozenset({"tui.terminal.last_frame"})
"""What runs before the app is loaded: for it, what the app loads is late."""


def loaded_at_the_start() -> set[str]:
    """Every module of ours that is loaded before the first frame, without a line of it run."""
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_START], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return {name for name in json.loads(done.stdout) if name.partition(".")[0] in ("imapcore", "tui")}


def imported_in_functions(path: Path) -> set[str]:
    """Modules that functions of a file import when they are called."""
    found: set[str] = set()
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and node.module:
                    names = {f"{node.module}.{each.name}" for each in node.names}
                    submodules = {name for name in names if is_module(name)}
                    found |= submodules if submodules == names else {node.module, *submodules}
    return found


def is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_nothing_is_imported_late_that_is_loaded_anyway() -> None:
    loaded = loaded_at_the_start()
    assert "imapcore.store.store" in loaded
    assert "imapcore.store.journal.journal" not in loaded
    late = {
        (name, imported)
        for name in sorted(loaded - EARLIER)
        for path in (ROOT / Path(*name.split("."))).parent.glob(f"{name.rpartition('.')[2]}.py")
        for imported in imported_in_functions(path)
        if imported in loaded
    }
    assert late == set()
