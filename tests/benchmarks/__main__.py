"""Run every benchmark of this folder: each module with a ``main()``, in a process of its own, one by one.

``python -m tests.benchmarks [--full] [NAME …]`` runs only those named, in sizes that take minutes; with
``--full`` in the sizes the goals speak of. What follows ``--`` is handed to each instead.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SIZES = ["--messages", "10000", "100000", "1000000"]
QUICK: dict[str, list[str]] = {
    "engine": SIZES,
    "store": SIZES,
    "tui": ["--messages", "10000", "--quick"],
}
FULL: dict[str, list[str]] = {
    "engine": [*SIZES, "--backfill-up-to", "1000000"],
    "fetch": ["--full"],
    "store": SIZES,
    "tui": ["--million"],
}
"""Arguments of each benchmark whose own defaults are another size."""


def find_benchmarks() -> list[str]:
    """Names of the modules here that define ``main`` without a needed argument and run as a program."""
    found = []
    for path in sorted(HERE.glob("*.py")):
        if path.stem.startswith("__"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
        needed = [len(node.args.args) - len(node.args.defaults) for node in functions]
        is_child = path.stem.endswith(("_child", "_server", "_client", "_clients"))
        if functions and not is_child and needed == [0]:
            found.append(path.stem)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run them; returns how many failed."""
    given = sys.argv[1:] if arguments is None else arguments
    cut = given.index("--") if "--" in given else len(given)
    sizes = FULL if "--full" in given[:cut] else QUICK
    wanted = [each for each in given[:cut] if each != "--full"]
    known = find_benchmarks()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    failed = 0
    for name in wanted or known:
        print(f"== {name}", flush=True)
        handed_on = given[cut + 1 :] or sizes.get(name, [])
        ended = subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}", *handed_on], check=False)
        failed += ended.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
