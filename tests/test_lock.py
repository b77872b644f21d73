"""The list of packages with their hashes, and the bill of materials."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from paths import ROOT

_ENTRY = re.compile(r"^(\S+)==(\S+)((?: ;.*)?) \\(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+$", re.MULTILINE)
_TORCH = "torch"


def locked() -> dict[str, set[str]]:
    """Return the versions of each package in the lock: one, or one for each kind of computer."""
    versions = defaultdict[str, set[str]](set)
    for name, version, _ in _ENTRY.findall(_text()):
        versions[canonicalize_name(name)].add(version)
    return versions


def _text() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


def test_each_package_has_hashes() -> None:
    """Nothing is installed from the lock that is not the file that was meant."""
    assert _ENTRY.sub("", _text()).split("\n", 2)[2].strip() == ""
    assert len(locked()) > 100


def test_the_lock_has_what_is_needed() -> None:
    """Each dependency but PyTorch is in it, in a version that is allowed."""
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    versions = locked()
    for requirement in map(Requirement, needed):
        if requirement.name != _TORCH:
            allowed = versions[canonicalize_name(requirement.name)]
            assert allowed, requirement
            assert all(version in requirement.specifier for version in allowed), requirement


def test_the_bill_of_materials_agrees_with_the_lock() -> None:
    """It names the packages of the lock in the same versions, and PyTorch."""
    bill = json.loads((ROOT / "sbom.cdx.json").read_text("utf-8"))
    listed = {canonicalize_name(part["name"]): part["version"] for part in bill["components"]}
    assert listed.pop(_TORCH).partition("+")[0] in _text()
    versions = locked()
    assert {name: version for name, version in listed.items() if version not in versions[name]} == {}
    assert bill["bomFormat"] == "CycloneDX"
