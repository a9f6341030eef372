"""Files of samples: what is read of them, and which of their lines are refused."""

from __future__ import annotations

import gzip
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from codesentinel.capture.sample_files import batches, json_lines
from codesentinel.capture.sample_files.source import SampleFile
from codesentinel.model.columns import Columns
from codesentinel.model.errors import Failed, UsageError
from codesentinel.model.rows import BadRows


def read(tmp_path, name, text, **options):
    """Samples by series as a dictionary, and the bad rows."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    bad = BadRows()
    found = {}
    for batch in SampleFile(str(path), **options).batches(bad):
        for labels, times, values in batch:
            found.setdefault(tuple(sorted(labels.items())), []).extend(zip(times, values, strict=True))
    return {dict(key)["__name__"] if len(key) == 1 else key: rows for key, rows in found.items()}, bad


def series(name, **labels):
    return tuple(sorted({"__name__": name, **labels}.items()))


OPENMETRICS = """\
# TYPE http_requests counter
# HELP http_requests Requests.
http_requests_total{path="/a b",code="200"} 1 1700000000
http_requests_total{path="/a b",code="200"} 3 1700000015.123
http_requests_total{path="C:\\\\x \\"q\\" # {y} \\n"} 1e3 1700000000.0004
# TYPE latency histogram
latency_bucket{le="0.1"} 5 1700000000 # {trace_id="abc # {"} 0.05 1699999999.5
latency_bucket{le="+Inf"} 6 1700000000 # {} 7
latency_count 6 1700000000
empty{} -0.5 1700000000
# EOF
"""


def test_openmetrics_is_read_with_labels_exemplars_and_milliseconds(tmp_path):
    found, bad = read(tmp_path, "a.om", OPENMETRICS)
    assert bad.first == []
    assert found == {
        series("http_requests_total", path="/a b", code="200"): [(1700000000000, 1.0), (1700000015123, 3.0)],
        series("http_requests_total", path='C:\\x "q" # {y} \n'): [(1700000000000, 1000.0)],
        series("latency_bucket", le="0.1"): [(1700000000000, 5.0)],
        series("latency_bucket", le="+Inf"): [(1700000000000, 6.0)],
        "latency_count": [(1700000000000, 6.0)],
        "empty": [(1700000000000, -0.5)],
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a 1", "not a sample with a time: 'a 1'"),
        ('a{b="c d"} 1', "not a sample with a time"),
        ("a one 1700000000", "not a number: 'one'"),
        ("a 1_000 1700000000", "not a number: '1_000'"),
        ("a 1 17_00000000", "not a number: '17_00000000'"),
        ("a NaN 1700000000", "'NaN' cannot be stored: no NaN, no infinity"),
        ("a +Inf 1700000000", "'+Inf' cannot be stored"),
        ("a 1 NaN", "no time within the years 1970 to 9999"),
        ("a 1 -5", "no time within the years"),
        ("a 1 1700000000000", "no time within the years"),
        ('a{b="c} 1 1700000000', "not a sample"),
        ('a{b="c",b="d"} 1 1700000000', "not a sample"),
        ("1a 1 1700000000", "not a sample"),
        ("a b 1 1700000000", "not a sample"),
        ("\x00\x01 \x02 3", "not a sample"),
        ('a{b="\udcff"} 1 1700000000', "not a sample"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_the_others_are_read(tmp_path, line, message):
    text = f"# TYPE a gauge\na 1 1700000000\n{line}\na 2 1700000015\n# EOF\n".encode(
        "utf-8", "surrogateescape"
    )
    found, bad = read(tmp_path, "a.om", text)
    assert found == {"a": [(1700000000000, 1.0), (1700000015000, 2.0)]}
    ((number, told),) = bad.first
    assert number == 3
    assert message in told


def test_a_file_that_was_cut_off_is_told(tmp_path):
    _, bad = read(tmp_path, "a.om", OPENMETRICS[:300])
    assert [row.line for row in bad.first] == [0]
    assert "does not end with # EOF: it was cut off" in bad.first[0].message
    _, bad = read(tmp_path, "a.om", OPENMETRICS + "a 1 1700000000\n")
    assert bad.first == [(12, "stands behind # EOF")]
    _, bad = read(tmp_path, "a.om", "")
    assert bad.count == 1


def test_prometheus_text_has_milliseconds_and_blanks(tmp_path):
    text = '# HELP a x\na{b="c",}\t1   1700000000123\n\n  \na 5 1700000000000\nb 1\n'
    found, bad = read(tmp_path, "a.txt", text, kind="prometheus")
    assert found == {series("a", b="c"): [(1700000000123, 1.0)], "a": [(1700000000000, 5.0)]}
    assert [row.line for row in bad.first] == [4, 6]


_LABEL = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["a", "b_total", "c_bucket"]),
            st.dictionaries(st.sampled_from(["x", "y", "le"]), _LABEL, max_size=3),
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(min_value=1, max_value=4_000_000_000_000),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_openmetrics_holds_is_read_as_prometheus_client_reads_it(tmp_path, rows):
    def escaped(text):
        return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

    lines = []
    for name, labels, value, time_ms in rows:
        pairs = ",".join(f'{k}="{escaped(v)}"' for k, v in labels.items())
        lines.append(f"{name}{{{pairs}}} {value!r} {time_ms // 1000}.{time_ms % 1000:03}\n")
    expected = {}
    for line in lines:
        (family,) = text_string_to_metric_families(line + "# EOF\n")
        (sample,) = family.samples
        labels = {k: v for k, v in sample.labels.items() if v}
        time_ms = sample.timestamp.sec * 1000 + round(sample.timestamp.nsec / 1e6)
        expected.setdefault(series(sample.name, **labels), []).append((time_ms, sample.value))
    path = tmp_path / "any.om"
    path.write_bytes("".join([*lines, "# EOF\n"]).encode())
    bad, found = BadRows(), {}
    for batch in SampleFile(str(path)).batches(bad):
        for samples in batch:
            key = tuple(sorted(samples.labels.items()))
            found.setdefault(key, []).extend(zip(samples.times_ms, samples.values, strict=True))
    assert bad.first == []
    assert {k: sorted(v) for k, v in found.items()} == {k: sorted(v) for k, v in expected.items()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80), st.sampled_from(["openmetrics", "prometheus", "csv", "jsonl"]))
def test_no_bytes_whatsoever_break_a_reader(tmp_path, content, kind):
    path = tmp_path / "any"
    path.write_bytes(b'a{b="c"} 1 1700000000\n' + content)
    bad = BadRows()
    for batch in SampleFile(str(path), kind=kind, columns=Columns(metric="m")).batches(bad):
        for labels, times, values in batch:
            assert labels["__name__"]
            assert len(times) == len(values) > 0
            assert all(map(math.isfinite, values))
            assert all(time > 0 for time in times)


def test_batches_are_bounded_and_lose_nothing(tmp_path, monkeypatch):
    for module in (batches, json_lines):
        monkeypatch.setattr(module, "SAMPLES", 10)
    rows = [(f"s{i % 3}", 1_700_000_000 + i, float(i)) for i in range(95)]
    texts = {
        "a.om": "".join(f'm{{s="{s}"}} {v} {t}\n' for s, t, v in rows) + "# EOF\n",
        "a.csv": "timestamp,value,s\n" + "".join(f"{t},{v},{s}\n" for s, t, v in rows),
        "a.jsonl": "".join(
            f'{{"metric":{{"__name__":"m","s":"{s}"}},"values":[{v}],"timestamps":[{t}000]}}\n'
            for s, t, v in rows
        ),
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text)
        bad = BadRows()
        sizes = [
            sum(len(s.times_ms) for s in b)
            for b in SampleFile(str(path), columns=Columns(metric="m")).batches(bad)
        ]
        assert (sizes, bad.count) == ([10] * 9 + [5], 0), name


CSV = (
    "timestamp,value,host,zone\n"
    "2023-11-14T22:13:20Z,1.5,a,eu\n"
    "2023-11-14T23:13:20.123+01:00,2,a,\n"
    '1700000000.5,-3e2,"b, ""c""",eu\n'
)


def test_csv_columns_are_labels_and_an_empty_cell_is_none(tmp_path):
    found, bad = read(tmp_path, "a.csv", "\ufeff" + CSV, columns=Columns(metric="m"))
    assert bad.first == []
    assert found == {
        series("m", host="a", zone="eu"): [(1700000000000, 1.5)],
        series("m", host="a"): [(1700000000123, 2.0)],
        series("m", host='b, "c"', zone="eu"): [(1700000000500, -300.0)],
    }


def test_csv_columns_of_any_name(tmp_path):
    text = "When;Host Name;Load;Note;metric\n14000000000;web;0,5;x;m\n1700000000000;web;0.5;y;load1\n"
    columns = Columns(
        time="When", value="Load", rename={"Host Name": "host", "metric": "__name__"}, ignore=frozenset({"Note"}),
        delimiter=";", time_unit="ms",
    )  # fmt: skip
    found, bad = read(tmp_path, "a.csv", text, columns=columns)
    assert found == {series("load1", host="web"): [(1700000000000, 0.5)]}
    assert bad.first == [(2, "not a number: '0,5'")]


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("s", "1700000000.123"),
        ("ms", "1700000000123"),
        ("us", "1700000000123400"),
        ("ns", "1700000000123456789"),
    ],
)
def test_numbers_of_any_unit_become_milliseconds(tmp_path, unit, text):
    found, _ = read(
        tmp_path, "a.csv", f"timestamp,value\n{text},1\n", columns=Columns(metric="m", time_unit=unit)
    )
    assert found == {"m": [(1700000000123, 1.0)]}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1700000000", "1 cells, where the header has 2"),
        ("1700000000,", "not a number: ''"),
        ("1700000000,1_0", "not a number: '1_0'"),
        ("1700000000,nan", "cannot be stored"),
        ("1700000000000,1", "no time within the years 1970 to 9999"),
        ("2023-11-14T22:13:20,1", "has no offset from UTC"),
        ("yesterday,1", "neither RFC 3339 nor a number: 'yesterday'"),
        (",1", "neither RFC 3339 nor a number: ''"),
    ],
)
def test_a_row_that_is_wrong_is_named(tmp_path, row, message):
    text = f"timestamp,value\n1700000000,1\n\n{row}\n1700000001,2\n"
    found, bad = read(tmp_path, "a.csv", text, columns=Columns(metric="m"))
    assert found == {"m": [(1700000000000, 1.0), (1700000001000, 2.0)]}
    assert bad.count == 1
    assert bad.first[0].line == 4
    assert message in bad.first[0].message


def test_times_without_offset_are_utc_where_that_is_said(tmp_path):
    text = "timestamp,value\n2023-11-14 22:13:20,1\n"
    found, bad = read(tmp_path, "a.csv", text, columns=Columns(metric="m", assume_utc=True))
    assert (found, bad.count) == ({"m": [(1700000000000, 1.0)]}, 0)


@pytest.mark.parametrize(
    ("header", "columns", "message"),
    [
        ("", Columns(metric="m"), "no column 'timestamp'"),
        ("time,value", Columns(metric="m"), "no column 'timestamp' in ['time', 'value']"),
        ("timestamp,value,value", Columns(metric="m"), "2 columns 'value'"),
        ("timestamp,value,Host Name", Columns(metric="m"), "'Host Name' is no label's name: rename it"),
        (
            "timestamp,value,a,b",
            Columns(metric="m", rename={"a": "b"}),
            "more than one column gives the label b",
        ),
        ("timestamp,value", Columns(), "no metric is named, and no column __name__ is there"),
        ("timestamp,value,__name__", Columns(metric="m"), "both a metric and a column __name__"),
        ("timestamp,value", Columns(metric="m", ignore=frozenset({"x"})), "no column 'x'"),
    ],
)
def test_a_header_that_is_wrong_is_the_only_complaint(tmp_path, header, columns, message):
    found, bad = read(tmp_path, "a.csv", f"{header}\n1,2\n3,4\n", columns=columns)
    assert found == {}
    assert bad.count == 1
    assert bad.first[0].line == 1
    assert message in bad.first[0].message


def test_what_is_no_text_is_told_once(tmp_path):
    _, bad = read(
        tmp_path, "a.csv", b"timestamp,value\n1700000000,1\n\xff\xfe,2\n", columns=Columns(metric="m")
    )
    assert bad.count == 1
    assert "not UTF-8" in bad.first[0].message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"metric":{"__name__":"m"},"values":[null],"timestamps":[1]}', "float"),
        ('{"metric":{"__name__":"m"},"values":[1],"timestamps":[1,2]}', "1 values for 2 timestamps"),
        ('{"metric":{"__name__":"m"},"values":[1],"timestamps":[0]}', "1970"),
        ('{"metric":{"x":"m"},"values":[1],"timestamps":[1]}', "no __name__"),
        ('{"metric":{"__name__":"m"},"values":[1e999],"timestamps":[1]}', "range"),
        ("{", "truncated"),
    ],
)
def test_a_json_line_that_is_wrong_is_named(tmp_path, line, message):
    found, bad = read(
        tmp_path, "a.jsonl", f'{line}\n\n{{"metric":{{"__name__":"m"}},"values":[1],"timestamps":[5]}}\n'
    )
    assert found == {"m": [(5, 1.0)]}
    assert bad.first[0].line == 1
    assert message in bad.first[0].message


def test_compressed_text_is_read_and_a_broken_one_told(tmp_path):
    whole = gzip.compress(OPENMETRICS.encode())
    found, bad = read(tmp_path, "a.om.gz", whole)
    assert (len(found), bad.count) == (6, 0)
    with pytest.raises(Failed, match="cannot be read"):
        read(tmp_path, "b.om.gz", whole[:-20])
    with pytest.raises(Failed, match="cannot be read"):
        read(tmp_path, "c.om.gz", OPENMETRICS)


def test_a_file_that_changes_between_two_looks_is_told(tmp_path):
    path = tmp_path / "a.om"
    path.write_text(OPENMETRICS)
    file = SampleFile(str(path))
    assert list(file.batches(BadRows()))
    path.write_text(OPENMETRICS + "\n")
    with pytest.raises(Failed, match="was changed while it was read"):
        list(file.batches(BadRows()))


def test_what_is_no_file_is_a_mistake_of_the_user(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.om", "/dev/null"):
        with pytest.raises(UsageError):
            SampleFile(str(path))
