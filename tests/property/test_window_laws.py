"""Windows cover their span once, whatever the answers weigh."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from codesentinel.capture.windows import Windows

WHOLE = st.integers(1, 10_000)


@settings(deadline=None)
@given(
    span=st.tuples(st.integers(0, 10**6), st.integers(0, 5000)),
    lengths=st.tuples(WHOLE, WHOLE),
    grain=st.sampled_from([1, 7, 1000]),
    points=st.integers(1, 5000),
    weights=st.lists(st.integers(0, 20_000), min_size=1, max_size=50),
)
def test_every_unit_is_covered_once_in_order_and_nothing_is_cut_without_end(
    span, lengths, grain, points, weights
):
    start, stop = span[0], sum(span)
    first, longest = lengths
    windows = Windows(start, stop, first=first, longest=longest, grain=grain, points=points)
    reached, cuts, shares = start, 0, [0.0]
    while windows:
        begin, end = windows.begin, windows.end
        assert begin == reached
        assert begin < end <= stop
        assert end - begin <= max(longest, grain) + grain
        assert end == stop or end % grain == 0
        weight = weights[reached % len(weights)] * (end - begin) // 100
        if windows.too_many is not None and weight > windows.too_many:
            cuts += 1
            windows.cut()
            assert windows.end <= end
            assert cuts < 60 * (1 + len(shares))
            continue
        windows.took(weight)
        reached = end
        shares.append(windows.done)
    assert reached == stop
    assert shares == sorted(shares)
    assert windows.done == 1.0
