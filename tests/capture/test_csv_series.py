"""Series out of CSV files: every row, in the order of time, with what was odd told."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.capture.csv_series import read_csv_series
from codesentinel.model.errors import NoData, UsageError


def written(tmp_path, text):
    path = tmp_path / "series.csv"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-01-01 00:00:00",
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00+01:00",
        "1767225600",
        "1767225600000",
    ],
)
def test_times_are_iso_or_epoch(tmp_path, stamp):
    (one,) = read_csv_series(written(tmp_path, f"timestamp,value\n{stamp},1.5\n"))
    assert one.series.times.tolist() == [1767225600.0]
    assert one.series.values.tolist() == [1.5]
    assert one.series.labels == {}
    assert one.notes == ()


def test_disorder_and_repeated_times_are_told_and_every_row_is_kept(tmp_path):
    (one,) = read_csv_series(written(tmp_path, "timestamp,value\n30,3\n10,1\n20,2\n10,9\n"))
    assert one.series.times.tolist() == [10, 10, 20, 30]
    assert one.series.values.tolist() == [1, 9, 2, 3]
    assert one.rows.tolist() == [1, 3, 2, 0]
    assert len(one.notes) == 2


def test_what_is_missing_is_nan(tmp_path):
    (one,) = read_csv_series(written(tmp_path, "timestamp,value\n1,\n2,NaN\n3,null\n4,inf\n\n5,-1e3\n"))
    np.testing.assert_array_equal(one.series.values, [np.nan, np.nan, np.nan, np.inf, -1000])


def test_several_series_stand_in_columns_or_are_named(tmp_path):
    wide = read_csv_series(written(tmp_path, "time,cpu,disk\n1,10,20\n2,11,21\n"))
    long = read_csv_series(
        written(tmp_path, "timestamp,value,series\n1,10,cpu\n1,20,disk\n2,11,cpu\n2,21,disk\n")
    )
    for found in (wide, long):
        assert [one.series.labels for one in found] == [{"series": "cpu"}, {"series": "disk"}]
        assert [one.series.values.tolist() for one in found] == [[10, 11], [20, 21]]
    assert long[1].rows.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", "names no timestamp"),
        ("timestamp,value\n1,2\nx,3\n", "line 3: 'x' is neither"),
        ("timestamp,value\n1,two\n", "line 2: 'two' is no number"),
        ("timestamp,value\n1,2,3\n", "line 2: 3 cells"),
        ("timestamp,value\nnan,3\n", "is no time"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, told):
    with pytest.raises(UsageError, match=told):
        read_csv_series(written(tmp_path, text))


@pytest.mark.parametrize("text", ["", "timestamp,value\n", "timestamp,cpu,disk\n\n"])
def test_a_file_without_rows_is_no_data(tmp_path, text):
    with pytest.raises(NoData):
        read_csv_series(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "bytes.csv").write_bytes(b"timestamp,value\n\xff\xfe,1\n")
    for name in ("bytes.csv", "nothing.csv", "."):
        with pytest.raises(UsageError, match="cannot be read"):
            read_csv_series(str(tmp_path / name))
