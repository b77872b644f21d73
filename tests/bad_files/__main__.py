"""`python -m bad_files FOLDER` makes all bad files there."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from bad_files import make

if __name__ == "__main__":
    made = make(Path(sys.argv[1]), with_heavy="--heavy" in sys.argv)
    sys.stdout.write(f"{len(made)} files: {dict(Counter(bad.expected for bad in made))}\n")
