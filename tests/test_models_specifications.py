"""The specification curve: every specification is the model it says it is, and nothing is found where nothing is."""

import numpy as np
import pandas as pd
import pytest

from workforce_ratings import panel
from workforce_ratings.models import ordinal, specifications
from workforce_ratings.vocabulary import THREE

AS_AT = "2026-06-30"
MAIN = specifications.MAIN


@pytest.fixture(scope="module")
def rows():
    before = panel.with_context(panel.build(AS_AT), AS_AT)
    return specifications.inspections(before, panel.build(AS_AT, "published"), panel.censuses(AS_AT))


@pytest.fixture(scope="module")
def listed():
    return specifications.listed()


@pytest.fixture(scope="module")
def table(rows, listed):
    return specifications.fit(rows, listed)


def one(**departed):
    """A listing of one specification that departs from the main one so."""
    return pd.DataFrame([{"specification": 0, "departures": len(departed), **MAIN, **departed}])


# --- the list --------------------------------------------------------------------------------------------------------


def test_every_choice_of_the_list_is_there_and_none_twice(listed):
    assert len(listed) >= 500
    assert not listed[list(specifications.CHOICES)].duplicated().any()
    for name, options in specifications.CHOICES.items():
        assert set(listed[name]) == set(options)
    assert listed.departures.tolist()[0] == 0
    assert (listed[list(MAIN)].iloc[0] == pd.Series(MAIN)).all()


def test_everything_one_or_two_choices_away_is_listed(listed):
    others = np.array([len(options) - 1 for options in specifications.CHOICES.values()])
    pairs = (others.sum() ** 2 - (others**2).sum()) // 2
    assert (listed.departures == 1).sum() == others.sum()
    assert (listed.departures == 2).sum() == pairs


def test_the_list_is_the_same_every_time(listed):
    pd.testing.assert_frame_equal(listed, specifications.listed())


# --- each specification ----------------------------------------------------------------------------------------------


def test_the_main_specification_is_model_three(table):
    model = (
        ordinal.terms(ordinal.fit(panel.ilacs_to_2025(panel.build(AS_AT)), "three")).set_index("term").loc[list(THREE)]
    )
    main = table[table.specification == 0].set_index("measure").loc[list(THREE)]
    assert main.coef.to_numpy() == pytest.approx(model.coef.to_numpy(), abs=1e-6)
    assert main.se.to_numpy() == pytest.approx(model.se_clustered.to_numpy(), rel=1e-3)
    assert main.p.to_numpy() == pytest.approx(model.p.to_numpy(), rel=1e-2, abs=1e-9)
    assert (main.n == 265).all()
    assert (main.councils == model.councils).all()


@pytest.mark.parametrize(
    ("departed", "model", "rule"),
    [({"measures": "five"}, "five", "before"), ({"census": "published"}, "three", "published")],
)
def test_departures_are_the_models_of_notebook_5(rows, departed, model, rule):
    own = specifications.fit(rows, one(**departed)).set_index("measure")
    other = ordinal.terms(ordinal.fit(panel.ilacs_to_2025(panel.build(AS_AT, rule)), model, census_rule=rule))
    for measure in THREE:
        term = other.set_index("term").loc[measure]
        assert own.coef[measure] == pytest.approx(term.coef, abs=1e-6)
        assert own.se[measure] == pytest.approx(term.se_clustered, rel=1e-3)
        assert own.n[measure] == term.n


@pytest.mark.parametrize("covariates", [c for c in specifications.CHOICES["covariates"] if c != "none"])
def test_covariates_are_those_of_the_adjusted_models(rows, covariates):
    own = specifications.fit(rows, one(covariates=covariates)).set_index("measure")
    model = "three_adjusted" if covariates == "all" else f"three_{covariates}"
    linked = panel.with_context(panel.ilacs_to_2025(panel.build(AS_AT)), AS_AT)
    term = ordinal.terms(ordinal.fit(linked, model)).set_index("term")
    for measure in THREE:
        assert own.coef[measure] == pytest.approx(term.coef[measure], abs=1e-6)
        assert own.se[measure] == pytest.approx(term.se_clustered[measure], rel=2e-3)


def test_a_cut_is_a_logit_of_being_better(rows):
    from statsmodels.api import Logit, add_constant

    names = [specifications.column(m, "full-time equivalent", "before") for m in THREE]
    main = rows[specifications.keeps(rows)[tuple(MAIN[n] for n in specifications.KEPT)]].dropna(subset=names)
    fitted = Logit((main.overall >= "good").astype(float), add_constant(main[names])).fit(disp=False)
    own = specifications.fit(rows, one(cut="good or outstanding", clustering="none"))
    assert own.coef.to_numpy() == pytest.approx(fitted.params.to_numpy()[1:], abs=1e-6)
    assert own.se.to_numpy() == pytest.approx(fitted.bse.to_numpy()[1:], rel=1e-3)


def test_headcount_and_lag_are_other_figures_of_the_same_council(rows):
    figures = panel.censuses(AS_AT).set_index(["council_code", "census"])
    row = rows[rows.council == "Wakefield"].iloc[-1]
    earlier = figures.loc[(row.council_code, row.census - 1)]
    now = figures.loc[(row.council_code, row.census)]
    assert row["agency_rate headcount before"] == now.agency_rate_headcount
    assert row["turnover_rate fte earlier"] == earlier.turnover_rate
    assert row["caseload fte mean of two"] == pytest.approx((now.caseload + earlier.caseload) / 2)


def test_rules_keep_the_inspections_they_say(rows):
    def n(**departed):
        chosen = MAIN | departed
        return rows[specifications.keeps(rows)[tuple(chosen[name] for name in specifications.KEPT)]]

    main = n()
    assert not n(joint_returns="left out").joint.any()
    assert len(main) - len(n(joint_returns="left out")) == main.joint.sum()
    once = n(joint_returns="once")
    assert len(once[once.joint]) < main.joint.sum()
    assert not (n(small_councils="left out").inpost_fte < 30).any()
    assert set(n(framework="ILACS and SIF").framework) == {"ILACS", "SIF"}
    assert n(framework="ILACS to date").inspection_start.max() > pd.Timestamp("2025-03-31")
    assert len(n(period="before 2022")) + len(n(period="from 2022")) == len(main)


def test_what_cannot_be_estimated_says_why_and_has_no_numbers(table):
    without = table[table.coef.isna()]
    assert len(without)
    assert (without.reason != "").all()
    assert without[["se", "ci_low", "ci_high", "p", "effect"]].isna().all().all()
    assert (table[table.coef.notna()].reason == "").all()
    assert (table.loc[table.coef.notna(), "se"] > 0).all()


def test_one_choice_of_clustering_changes_errors_alone(rows):
    by = {c: specifications.fit(rows, one(clustering=c)) for c in specifications.CHOICES["clustering"]}
    assert by["none"].coef.tolist() == by["council"].coef.tolist() == by["return unit"].coef.tolist()
    assert len({tuple(found.se.round(8)) for found in by.values()}) == 3


# --- planted and shuffled ---------------------------------------------------------------------------------------------


def planted(rows, coef):
    """The inspections with judgements drawn from an ordinal logit on their own agency rate."""
    generator = np.random.default_rng(8)
    value = rows["agency_rate fte before"].fillna(0)
    latent = coef * (value - value.mean()) + generator.logistic(size=len(rows))
    codes = np.searchsorted(np.quantile(latent, [0.13, 0.41, 0.8]), latent)
    judged = pd.Categorical.from_codes(codes, dtype=rows.overall.dtype)
    return rows.assign(overall=judged, previous_rank=generator.integers(0, 4, len(rows)).astype(float))


def test_a_planted_coefficient_is_recovered_and_runs_through_the_curve(rows, listed):
    made = planted(rows, -0.12)
    near = listed[listed.departures <= 1]
    found = specifications.fit(made, near)
    main = found[found.specification == 0].set_index("measure")
    assert abs(main.coef["agency_rate"] + 0.12) < 2.5 * main.se["agency_rate"]
    agency = found[found.measure == "agency_rate"].dropna(subset=["coef"])
    assert (agency.coef < 0).all()
    assert ((found[found.measure == "turnover_rate"].p < 0.05).mean()) < 0.5


def test_shuffled_judgements_are_clear_about_one_time_in_twenty(rows, listed):
    nothing = specifications.shuffled(rows, listed.head(1), 1_000)
    shares = nothing.groupby("measure").significant.mean()
    assert shares.between(0.03, 0.09).all()
    assert abs(nothing.effect.mean()) < 0.05


def test_shuffles_are_the_same_for_every_specification_and_every_run(rows, listed):
    some = listed.iloc[[0, 1, 2]]
    first, second = (specifications.shuffled(rows, some, 5) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert len(first) == 5 * 3


def test_a_shuffle_refits_what_fit_does(rows):
    """With judgements left where they are, the shuffled path gives the specification's own numbers."""

    class Still:
        def permutation(self, codes):
            return codes

    import workforce_ratings.models.specifications as module

    real = module.np.random.default_rng
    try:
        module.np.random.default_rng = lambda seed: Still()
        found = specifications.shuffled(rows, one(cut="good or outstanding", covariates="deprivation"), 2)
    finally:
        module.np.random.default_rng = real
    own = specifications.fit(rows, one(cut="good or outstanding", covariates="deprivation")).set_index("measure")
    for row in found.itertuples():
        assert row.effect == pytest.approx(own.effect[row.measure])
        assert row.significant == float(own.p[row.measure] < 0.05)


# --- in a few numbers --------------------------------------------------------------------------------------------------


def test_the_summary_counts_what_the_table_has(table):
    nothing = pd.DataFrame({"measure": "agency_rate", "significant": [0.0, 1.0, 0.05], "shuffle": range(3)})
    found = specifications.summary(table, nothing).set_index(["set", "measure"])
    near = table[(table.departures <= 2) & (table.measure == "agency_rate")].dropna(subset=["coef"])
    row = found.loc[(specifications.NEAR, "agency_rate")]
    assert row.estimated == len(near)
    assert row.share_clearly_lower == pytest.approx((near.ci_high < 0).mean())
    assert row.share_lower == pytest.approx((near.coef < 0).mean())
    assert row.median_effect == pytest.approx(near.effect.median())
    assert row.joint_p == pytest.approx(2 / 4)
    assert found.loc[(specifications.ANYWHERE, "caseload")].share_by_chance != found.share_by_chance.iloc[0]
    assert (found.estimated <= found.specifications).all()


def test_each_option_of_a_choice_has_its_own_row(table):
    found = specifications.by_choice(table, "caseload")
    assert len(found) == sum(map(len, specifications.CHOICES.values()))
    drawn = table[(table.departures > 2) & (table.measure == "caseload")].dropna(subset=["coef"])
    by = found[found.choice == "cut"].set_index("option")
    for option, part in drawn.groupby("cut"):
        assert by.median_effect[option] == pytest.approx(part.effect.median())
        assert by.estimated[option] == len(part)
    assert len(specifications.shown_choices(found)) == len(found)


def test_the_grid_shows_each_pair_of_census_and_covariate_or_cut(table):
    grid = specifications.shown_grid(table, "agency_rate").set_index("Per standard deviation")
    assert len(grid) == len(specifications.CHOICES["covariates"]) + len(specifications.CHOICES["cut"]) - 1
    row = table[(table.departures == 2) & (table.covariates == "previous") & (table.census == "published")]
    effect = row.set_index("measure").effect["agency_rate"]
    assert grid.loc["previous held equal", "census published"].startswith(f"{effect:+.2f} (")
    main = table[table.departures == 0].set_index("measure").effect["agency_rate"]
    assert grid.loc["nothing held equal", "census before"].startswith(f"{main:+.2f} (")


def test_options_with_unclear_estimates_are_counted(table):
    found = specifications.unclear(table, "agency_rate").set_index(["choice", "option"])
    near = table[(table.departures <= 2) & (table.measure == "agency_rate")].dropna(subset=["coef"])
    own = near[near.covariates == "previous"]
    assert found.loc[("covariates", "previous")].estimated == len(own)
    assert found.loc[("covariates", "previous")].unclear == ((own.ci_low <= 0) & (own.ci_high >= 0)).sum()
    assert found.unclear.is_monotonic_decreasing


@pytest.mark.parametrize(("share", "words"), [(0.0, "0%"), (0.004, "under 1%"), (0.996, "over 99%"), (1.0, "100%")])
def test_nearly_all_is_not_told_as_all(share, words):
    assert specifications.percent(share) == words


def test_a_day_with_no_inspections_behind_it_gives_reasons_and_no_numbers(rows, listed):
    few = rows[rows.inspection_start < "2018-12-01"]
    found = specifications.fit(few, listed.head(30))
    assert found.coef.isna().all()
    summarised = specifications.summary(found, specifications.shuffled(few, listed.head(1), 3))
    assert (summarised.estimated == 0).all()
    assert specifications.shown(summarised).notna().all().all()
