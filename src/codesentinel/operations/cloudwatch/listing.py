"""``metrics cloudwatch list``: which series are read, and what that costs."""

from __future__ import annotations

from collections import Counter

from codesentinel.capture.cloudwatch import Tally
from codesentinel.capture.cloudwatch_data import PAGE_POINTS, batches
from codesentinel.model.cloudwatch.periods import Window
from codesentinel.model.cloudwatch.plan import Estimate, estimate
from codesentinel.model.cloudwatch.views import CloudListing
from codesentinel.operations.base import Context, operation
from codesentinel.operations.cloudwatch.newest import look_back
from codesentinel.operations.cloudwatch.source import connect, discover_all, rules


@operation("metrics.cloudwatch_list", metadata=lambda found: {"series": len(found.queries)})
def list_series(context: Context, *, recently_active: bool = True) -> CloudListing:
    """The series that the settings ask for, without reading their data.

    Raises:
        NotInstalled, ConfigurationError, Unauthorized, Unreachable, BadAnswer: it could not be found out.
    """
    wanted, clouds = rules(context), connect(context, Tally())
    selection = discover_all(context, clouds, wanted, recently_active=recently_active)
    refresh = Estimate(0, 0, 0)
    groups = Counter((query.metric.region, query.period_seconds) for query in selection.queries)
    for (_, period), count in groups.items():
        window = Window(0, look_back(period), period)
        sizes = [len(batch) for batch in batches(selection.queries[:count], window)]
        refresh = refresh.plus(estimate(sizes, window.points, PAGE_POINTS))
    return CloudListing(
        selection.queries,
        selection.left_out,
        selection.notes,
        refresh,
        context.settings.cloudwatch.refresh_seconds,
    )
