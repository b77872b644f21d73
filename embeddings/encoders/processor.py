"""What this computer computes with, as far as it decides which machine code runs."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# by these, OpenVINO's library of kernels may be kept from instructions that the processor has
_LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor: its name, the instructions that it offers, and how many cores this process may use."""

    name: str
    flags: str
    cores: int


@cache
def this_processor() -> Processor:
    """Return the processor of this computer."""
    facts = _facts_of_linux()
    name = facts.get("model name") or platform.processor() or platform.machine()
    flags = facts.get("flags") or facts.get("features") or ""
    limits = "".join(f" {one}={os.environ[one]}" for one in _LIMITS if one in os.environ)
    return Processor(name, f"{platform.machine()} {flags}{limits}", _cores())


def _facts_of_linux() -> dict[str, str]:
    """Return what Linux says of the first processor; elsewhere the name alone tells the instructions."""
    try:
        first, *_ = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip().casefold(): value.strip() for name, _, value in pairs}


def _cores() -> int:
    # not on every system
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
