"""Forecasts: ``judge`` makes one; ``menu`` has the methods, ``backtest`` the windows they are tried on.

A method is a function from a history and the origins in it to forecasts from each; the last origin is the
end of the history. It must use nothing after an origin, or hold it back (see ``stats.autoregression``).
"""
