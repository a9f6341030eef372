"""Where work on many series is done: here, on all cores, or on a Dask, Ray or Spark cluster.

Start reading in ``place``: ``engine_at`` gives the engine for a ``Place``. An engine maps a pure function
over parts, each some series, and hands the results back in order as they are done. ``local`` does it in
processes of this machine; ``clusters`` opens a cluster, on which ``fugued`` does it through Fugue;
``carried`` is what runs there; ``ahead`` keeps only a few parts in memory at once.
"""
