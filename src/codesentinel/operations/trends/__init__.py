"""Where series are heading, what their rhythm is, and what is strange in them.

Start reading here: ``capacity`` says when what has a limit is full (``resources`` lists what),
``anomalies`` scores what is strange though no alert fires.
"""
