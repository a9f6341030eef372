from check_samples import blame_rules, rules, said


def test_a_pair_of_other_labels_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][1]["expr"] = "sum by (service) (up) < 1"
    bad["groups"][0]["rules"][2]["expr"] = "sum by (service, job) (up) < 2"
    [one] = said(blame_rules(bad), "alert/pair")
    assert "has other labels than its P1: (service) against (job, service)" in one


def test_labels_that_only_one_of_the_pair_adds_are_blamed():
    bad = rules()
    bad["groups"][0]["rules"][2]["labels"]["scope"] = "all"
    [one] = said(blame_rules(bad), "alert/pair")
    assert "has not the labels of its pair: scope" in one
