"""The Gaussian error linear unit (Hendrycks and Gimpel, 2016) in numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# The error function: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26; off by 1.5e-7 at most.
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
_ERF_P = 0.3275911


def gelu(states: Floats) -> Floats:
    """x * Phi(x) with the normal distribution, in place, a block that fits the cache at a time. shape: (rows, dim)"""
    size = max(1, (1 << 15) // states.shape[1])
    for start in range(0, len(states), size):
        x = states[start : start + size]
        z = np.abs(x) * np.float32(0.5**0.5)
        t = np.float32(1) / (np.float32(1) + np.float32(_ERF_P) * z)
        tail = np.full_like(t, _ERF[-1])
        for factor in reversed(_ERF[:-1]):
            tail *= t
            tail += np.float32(factor)
        tail *= t
        np.multiply(z, -z, out=z)
        np.exp(z, out=z)
        tail *= z  # 1 - erf(|x| / sqrt 2)
        tail *= np.abs(x)
        x += np.abs(x) - tail  # x + |x| erf(...), which is twice what is wanted
        x *= np.float32(0.5)
    return states
