"""Hypothesis in every room: the same examples each time, and no clock, since the machine may be busy.

New examples are looked for by the fuzz targets (``tests.fuzz``).
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")
