"""Where series are heading, what their rhythm is, and what is strange in them.

Start reading here: ``anomalies`` scores what is strange though no alert fires.
"""
