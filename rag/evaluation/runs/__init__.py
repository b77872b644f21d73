"""Judged questions to runs: evaluation, diagnosis, sweeps, and where runs are stored."""
