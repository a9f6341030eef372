"""Other ways to tell when something is full: (used, limit) -> (estimate, earliest, latest), hours ahead."""

from __future__ import annotations

import numpy as np
from scipy.stats import t as student

NEVER = 1e6
RNG = np.random.default_rng(7)


def predict_linear(hours):
    """Prometheus' function: a least-squares line through the last hours; it has no interval."""

    def forecast(used, limit):
        y = used[-hours:]
        x = np.arange(hours) - (hours - 1.0)
        slope, now = np.polyfit(x, y, 1)
        when = (limit - now) / slope if slope > 0 else NEVER
        return max(when, 0.0), None, None

    return forecast


def textbook(used, limit):
    """Least squares over all history, errors taken as independent: when the band is at the limit."""
    n = len(used)
    x = np.arange(n) - (n - 1.0)
    slope, now = np.polyfit(x, used, 1)
    residuals = used - now - slope * x
    spread = np.sqrt(residuals @ residuals / (n - 2))
    error = spread / np.sqrt(((x - x.mean()) ** 2).sum())
    reach = student.ppf(0.95, n - 2)
    ahead = np.arange(1, 24 * 240)
    band = reach * spread * np.sqrt(1 + 1 / n + (ahead - x.mean()) ** 2 * (error / spread) ** 2)
    line = now + slope * ahead
    return tuple(first(path >= limit) for path in (line, line + band, line - band))


def daily_bootstrap(used, limit, half_life=7, draws=400, days=240):
    """First passage of resampled daily increments: late ones count more, Newey-West error of the drift."""
    means = used[len(used) % 24 :].reshape(-1, 24).mean(axis=1)
    steps = np.diff(means)
    weights = 0.5 ** (np.arange(len(steps))[::-1] / half_life)
    weights /= weights.sum()
    drift = weights @ steps
    errors = steps - drift
    lags = 4
    variance = weights @ errors**2 + 2 * sum(
        (1 - k / (lags + 1)) * (np.sqrt(weights[k:] * weights[:-k]) * errors[k:] * errors[:-k]).sum()
        for k in range(1, lags + 1)
    )
    error = np.sqrt(max(variance, 0.1 * (weights @ errors**2)) * (weights**2).sum())
    drifts = drift + error * RNG.standard_normal(draws)
    drawn = errors[RNG.choice(len(errors), (draws, days), p=weights)]
    paths = used[-24:].mean() + 0.5 * drifts[:, None] + np.cumsum(drifts[:, None] + drawn, axis=1)
    full = paths >= limit
    when = np.where(full.any(axis=1), 24.0 * (full.argmax(axis=1) + 0.5), NEVER)
    return tuple(np.quantile(when, (0.5, 0.05, 0.95)))


def oracle(resource, rng, futures=200):
    """Who knows the process and not its chance: quantiles of futures of that very process."""
    when = [first(resource.rebirth(rng) >= resource.limit) for _ in range(futures)]
    return tuple(np.quantile(when, (0.5, 0.05, 0.95), method="inverted_cdf"))


def first(full):
    """The hour ahead of the first that is true."""
    return float(full.argmax()) + 1 if full.any() else NEVER
