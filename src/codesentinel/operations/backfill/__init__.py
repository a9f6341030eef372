"""``metrics backfill``: samples from files and servers into the long history.

``run`` is the verb; ``source`` reads, ``storage`` writes into VictoriaMetrics and looks at what arrived,
``blocks`` makes what a plain Prometheus takes.
"""
