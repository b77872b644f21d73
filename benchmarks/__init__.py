"""Measurements, each a program of its own: `python -m benchmarks.NAME`."""

import os

# before NumPy is imported, as the command line does
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
