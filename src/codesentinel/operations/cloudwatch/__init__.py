"""The verbs of ``codesentinel metrics cloudwatch``.

source     which regions and which series: settings, the list of metrics, and what there is
newest     the newest value of each series, read once
listing    which series are read, under which names, and what that costs
backfill   a past window into the long history
exporter   what ``metrics cloudwatch serve`` shows, refreshed in the background
"""
