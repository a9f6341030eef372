"""The marker is told from every other NaN by its bits."""

from __future__ import annotations

import numpy as np

from codesentinel.model.series import STALE_BITS
from codesentinel.stats.staleness import is_stale, stale_at, without_stale


def test_only_the_marker_is_one():
    bits = np.array(
        [STALE_BITS, 0x7FF8_0000_0000_0001, 0x7FF8_0000_0000_0000, 0x7FF0_0000_0000_0000, 0], dtype=np.uint64
    )
    values = bits.view(np.float64)
    assert np.isnan(values).tolist() == [True, True, True, False, False]
    assert is_stale(values).tolist() == [True, False, False, False, False]
    assert is_stale(values[::2]).tolist() == [True, False, False]


def test_markers_are_set_in_a_copy_and_survive_slices_and_files(tmp_path):
    before = np.array([1.0, 2.0, 3.0])
    marked = stale_at(before, np.array([False, True, False]))
    assert before.tolist() == [1.0, 2.0, 3.0]
    np.save(tmp_path / "marked.npy", np.concatenate([marked, marked])[1:])
    assert is_stale(np.load(tmp_path / "marked.npy")).tolist() == [True, False, False, True, False]


def test_without_markers_other_nan_stay():
    times, values = np.arange(3.0), stale_at(np.array([1.0, np.nan, 0.0]), np.array([False, False, True]))
    kept, left = without_stale(times, values)
    assert kept.tolist() == [0.0, 1.0]
    np.testing.assert_array_equal(left, [1.0, np.nan])
    assert without_stale(kept, left)[0] is kept
