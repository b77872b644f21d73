"""Writes requirements.lock, with the hash of every package, and sbom.cdx.json, what is installed of them in CycloneDX.

    pip install uv cyclonedx-bom && python docs/make_lock.py

PyTorch is in the list but not in the lock: its wheels for processors alone have the same version as those for graphics
cards, and which of them fits is decided where it is installed.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK, BILL = ROOT / "requirements.lock", ROOT / "sbom.cdx.json"
# what PyTorch needs on Linux for graphics cards
_OF_TORCH = re.compile(r"^(torch|triton|nvidia-[\w-]+|cuda-[\w-]+)==")
_TITLE = """\
# Every package that Fundstelle needs, with the hashes of its files. Install PyTorch first:
# pip install {torch} && pip install --no-deps --require-hashes -r requirements.lock && pip install --no-deps .
"""


def main() -> None:
    """Write both files."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version=3.11"]
    options = ["--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url"]
    compiled = subprocess.run([*command, *options], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    entries = re.split(r"\n(?=\S)", compiled.strip())
    torch = next(entry for entry in entries if entry.startswith("torch==")).split()[0]
    locked = [entry for entry in entries if not _OF_TORCH.match(entry)]
    LOCK.write_text(_TITLE.format(torch=torch) + "\n".join(locked) + "\n", encoding="utf-8")
    names = {canonicalize_name(re.split(r"==| ", entry)[0]) for entry in locked} | {"torch"}
    command = ["cyclonedx-py", "environment", "--pyproject", "pyproject.toml", "--output-reproducible"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    bill = json.loads(listed)
    bill["components"] = [part for part in bill["components"] if canonicalize_name(part["name"]) in names]
    for part in (*bill["components"], *bill["metadata"]["tools"]["components"]):
        part.pop("externalReferences", None)
    kept = {part["bom-ref"] for part in (*bill["components"], bill["metadata"]["component"])}
    bill["dependencies"] = [
        {"ref": entry["ref"], "dependsOn": [ref for ref in entry.get("dependsOn", ()) if ref in kept]}
        for entry in bill["dependencies"]
        if entry["ref"] in kept
    ]
    BILL.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
