"""Kayenta's judge is reproduced: the vectors are the numbers of its own tests."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest

from codesentinel.analysis.experiments.kayenta import series
from codesentinel.analysis.experiments.kayenta.classify import by_mean, classified
from codesentinel.analysis.experiments.kayenta.score import label, score
from codesentinel.model.kayenta import Classification, KayentaMetric, Limits
from codesentinel.stats.rank_shift import shift, standard_score

VECTORS = json.loads(gzip.decompress((Path(__file__).parent / "kayenta_vectors.json.gz").read_bytes()))[
    "vectors"
]


def of(suite):
    chosen = [vector for vector in VECTORS if vector["suite"] == suite]
    return pytest.mark.parametrize("vector", chosen, ids=[vector["name"] for vector in chosen])


def values(given):
    return np.array([math.nan if one is None else one for one in given], dtype=np.float64)


def test_all_of_them_are_here():
    assert len(VECTORS) == 58


@of("ClassifierSuite")
def test_metrics_are_classified_alike(vector):
    metric = KayentaMetric(
        name="a",
        query="",
        direction=vector["direction"],
        nan_strategy=vector["nan_strategy"],
        critical=vector["critical_metric"],
        must_have_data=vector["data_required"],
        measure=vector["effect_size_measure"],
        allowed=Limits(*vector["effect_size_thresholds"]),
        critical_limits=Limits(*vector["critical_thresholds"]),
    )
    arms = values(vector["control"]), values(vector["experiment"])
    if vector["classifier"] == "MeanInequalityClassifier":
        found = by_mean(metric, *arms)
    else:
        found = classified(metric, *arms, tolerance=vector["tolerance"], level=vector["conf_level"])

    expected = vector["expected"]
    assert found.label == expected["classification"]
    if "critical" in expected:
        assert found.critical is expected["critical"]
    if "deviation" in expected:
        assert found.deviation == pytest.approx(float(expected["deviation"]), nan_ok=True)


@of("MannWhitneySuite")
def test_shifts_are_found_where_its_solver_finds_them(vector):
    x, y, expected = values(vector["experiment"]), values(vector["control"]), vector["expected"]
    if isinstance(expected, list):
        for one in expected:
            found = standard_score(x, y, one["mu"]) - one["quantile"]
            assert found == pytest.approx(one["value"], abs=one["tol"])
        return
    found = shift(x, y, vector["conf_level"], 1e-4)
    if "ci_low" in expected:
        assert found.lower == pytest.approx(expected["ci_low"], abs=expected["tol_ci"])
        assert found.upper == pytest.approx(expected["ci_high"], abs=expected["tol_ci"])
        assert found.estimate == pytest.approx(expected["estimate"], abs=expected["tol_estimate"])
        return
    least, most = x.min() - y.max(), x.max() - y.min()
    quantile = expected["rZqLower"]
    told = {
        "rMumin": least,
        "rMumax": most,
        "rFlower1": standard_score(x, y, least) - quantile,
        "rFupper1": standard_score(x, y, most) - quantile,
        "rFlower2": standard_score(x, y, least) + quantile,
        "rFupper2": standard_score(x, y, most) + quantile,
        "rCil": found.lower,
        "rCiu": found.upper,
        "rEst": found.estimate,
    }
    for name, value in told.items():
        assert value == pytest.approx(expected[name], abs=expected["tol"]), name


@of("StatisticSuite")
def test_statistics_are_alike(vector):
    expected = vector["expected"]
    if vector["function"] == "summary":
        names = {"min": "minimum", "max": "maximum", "mean": "mean", "std": "deviation", "count": "size"}
        found = series.summary(values(vector["data"]))
        for name, own in names.items():
            assert getattr(found, own) == pytest.approx(expected[name], abs=expected.get("tol", 1e-12))
        return
    if vector["function"] == "percentile_R7":
        for one in expected:
            assert series.percentile(values(vector["data"]), one["p"]) == pytest.approx(
                one["value"], abs=one["tol"]
            )
        return
    arms = {"controlMetric": values(vector["control"]), "experimentMetric": values(vector["experiment"])}
    functions = {"meanRatio": series.mean_ratio, "cles": series.common_language, "cohenD": series.cohens_d}
    found = functions[vector["function"]](*(arms[name] for name in vector["args"]))
    assert found == pytest.approx(expected["value"], abs=expected.get("tol", 1e-12))


@of("DetectorSuite")
def test_outliers_are_found_alike(vector):
    assert detected(vector).tolist() == vector["expected"]


@of("TransformSuite")
def test_values_are_prepared_alike(vector):
    given = values(vector["data"])
    if vector["function"] == "removeOutliers":
        assert given[~detected(vector)].tolist() == vector["expected"]
        return
    strategy = {"removeNaNs": "remove", "replaceNaNs": "replace"}[vector["function"]]
    assert series.prepared(given, strategy).tolist() == vector["expected"]


def detected(vector):
    function = {"KSigmaDetector": series.far_from_mean, "IQRDetector": series.outside_quartiles}
    return function[vector["detector"]](values(vector["data"]), vector["parameter"])


@of("ScorerSuite")
def test_scores_are_alike(vector):
    told = [
        (tuple(one["groups"]), Classification(one["classification"], critical=one["critical"]))
        for one in vector["metrics"]
    ]
    assert score(told, vector["group_weights"]) == pytest.approx(
        vector["expected"]["summary_score"], abs=0.01
    )


def test_a_score_has_a_word():
    assert [label(at, 75, 50) for at in (75, 74.9, 50, 49.9)] == ["Pass", "Marginal", "Marginal", "Fail"]


def test_what_is_must_have_fails_its_group_without_data():
    metric = KayentaMetric("a", "", must_have_data=True)

    assert classified(metric, values([1.0]), values([None])).label == "NodataFailMetric"
