"""Where series are heading, what their rhythm is, and what is strange in them.

Start reading here: ``capacity`` says when what has a limit is full (``resources`` lists what),
``forecast`` what series will be (``forecast_out`` writes it), on whichever of the ``operations.engines``,
``seasonality`` says which rhythms are real and when to scale, ``scaling`` as an object of Kubernetes,
``anomalies`` scores what is strange though no alert fires, ``watch`` is what a review tells of it,
``feedback`` what people say of that. ``run`` judges very many series and can be continued.
"""
