"""Small least squares inside compiled loops, against numpy's."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.stats.drift_draws import _solved


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_the_solution_and_its_root_are_those_of_numpy(size):
    rng = np.random.default_rng(size)
    design = rng.standard_normal((20, size)) * 10.0 ** rng.integers(-3, 4, size)
    gram, right = design.T @ design, design.T @ rng.standard_normal(20)
    best, root = np.zeros(size + 1), np.zeros((size + 1, size + 1))
    lower_half = np.pad(np.tril(gram), (0, 1), constant_values=np.nan)
    _solved(lower_half, np.append(right, np.nan), size, best, root)
    np.testing.assert_allclose(best[:size], np.linalg.solve(gram, right), rtol=1e-8)
    np.testing.assert_allclose(
        root[:size, :size], np.linalg.cholesky(np.linalg.inv(gram)), rtol=1e-8, atol=1e-12
    )
