"""The command line."""

from __future__ import annotations


def main() -> int:
    """Start."""
    return 0
