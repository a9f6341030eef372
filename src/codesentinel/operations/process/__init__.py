"""Process intelligence: looking at processes, judging them, recording them, and ending one safely.

Looking: ``views`` (table, tree, groups), ``detail``, ``watch``, ``top``, ``snapshot``; all of them ask a
``reading``, of now or, by ``replay``, of a recorded ``moment``. Judging: ``anomalies``. Recording: ``record``
and ``metrics``. Ending: ``kill``, whose steps are in ``killing`` and ``kill_tree``, by leave of a ``permit``;
``alive`` says why one lives on.
"""
