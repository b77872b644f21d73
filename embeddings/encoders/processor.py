"""The processor of this computer, as far as it determines which machine code runs."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# environment variables that keep OpenVINO's kernels from using instructions that the processor has
_LIMIT_VARIABLES = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor: its name, its instruction sets, and the number of cores that this process may use."""

    name: str
    flags: str
    cores: int

    @property
    def has_tiles(self) -> bool:
        """Whether it multiplies matrices of 8 bits in tiles (Intel's AMX), and nothing keeps OpenVINO from that."""
        words = self.flags.split()
        return "amx_int8" in words and not any(word.startswith(_LIMIT_VARIABLES) for word in words)


@cache
def this_processor() -> Processor:
    """Return the processor of this computer."""
    facts = _facts_of_linux()
    model = facts.get("model name") or platform.processor() or platform.machine()
    flags = facts.get("flags") or facts.get("features") or ""
    limits = "".join(f" {variable}={os.environ[variable]}" for variable in _LIMIT_VARIABLES if variable in os.environ)
    return Processor(model, f"{platform.machine()} {flags}{limits}", _cores())


def _facts_of_linux() -> dict[str, str]:
    """Return the facts of /proc/cpuinfo on the first processor; none outside Linux."""
    try:
        first, *_ = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip().casefold(): value.strip() for name, _, value in pairs}


def _cores() -> int:
    # not available on every system
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
