"""Vectors → points in a plane, in which similar texts lie close together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# t-SNE (van der Maaten and Hinton 2008) after a reduction to this many dimensions, which saves time and noise
_DIMENSIONS = 50
_MAX_PERPLEXITY = 30
MIN_POINTS = 10
"""With fewer vectors, there is nothing to see."""


def project_to_plane(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a point in [0, 1] × [0, 1] for each vector; the same vectors always give the same points.

    Args:
        vectors: shape (n, dim) with n ≥ `MIN_POINTS`.
    """
    # imported here, since it takes a second, and only the map needs it
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    count, dim = vectors.shape
    reduced = PCA(min(_DIMENSIONS, dim, count), random_state=0).fit_transform(vectors)
    perplexity = min(_MAX_PERPLEXITY, (count - 1) / 3)
    points = TSNE(2, perplexity=perplexity, init="pca", random_state=0, n_jobs=1).fit_transform(reduced)
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray((points - low) / np.maximum(high - low, 1e-9), np.float32)
