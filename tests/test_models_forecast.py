"""Forecasts out of time: scores by hand, fits by statsmodels, and nothing that was not known on the day."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from workforce_ratings import panel
from workforce_ratings.models import forecast
from workforce_ratings.official import coverage, tables
from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENT_TYPE, JUDGEMENTS, THREE, publication_date

AS_AT, CUT = "2026-06-30", "2022-01-01"
FOUR = [*THREE, "previous_rank"]


def invented(n=400, seed=1, slope=-0.15, previous=0.0):
    """Inspections of n councils, half of them begun before CUT, whose judgements follow the agency rate and the previous
    judgement with these coefficients."""
    draw = np.random.default_rng(seed)
    figures = {"agency_rate": draw.uniform(0, 40, n), "turnover_rate": draw.uniform(5, 30, n)}
    figures |= {"caseload": draw.normal(17, 2, n), "imd_average_score": draw.uniform(5, 45, n)}
    rank = draw.integers(0, 4, n)
    latent = slope * (figures["agency_rate"] - 20) + previous * (rank - 1.5) + draw.logistic(size=n)
    days = pd.to_datetime(np.where(np.arange(n) < n // 2, "2019-05-01", "2023-05-01"))
    units = [f"U{i}" for i in range(n)]
    frame = pd.DataFrame(
        {**figures, "previous_rank": rank.astype(float), "inspection_start": days, "return_unit": units}
    )
    judged = np.array(JUDGEMENTS)[np.digitize(latent, [-1.5, 0, 1.5])]
    return frame.assign(
        framework="ILACS",
        council=units,
        council_code=units,
        publication_date=days + pd.Timedelta(days=60),
        census=[2018] * (n // 2) + [2022] * (n - n // 2),
        overall=pd.Series(judged).astype(JUDGEMENT_TYPE),
    )


@pytest.fixture(scope="module")
def planted():
    return forecast.out_of_time(invented(), "overall", CUT, AS_AT)


@pytest.fixture(scope="module")
def linked():
    return panel.ilacs_to_2025(panel.with_context(panel.build(AS_AT), AS_AT))


@pytest.fixture(scope="module")
def real(linked):
    return forecast.out_of_time(linked, "overall", CUT, AS_AT)


# --- scores by hand --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("probabilities", "came", "rps", "log_loss", "accuracy"),
    [
        ([0, 0, 1, 0], 2, 0, 0, 1),
        ([0, 0, 1, 0], 3, 1 / 3, np.inf, 0),
        ([1, 0, 0, 0], 3, 1, np.inf, 0),
        ([0.25, 0.25, 0.25, 0.25], 0, (0.75**2 + 0.5**2 + 0.25**2) / 3, np.log(4), 1),
        ([0.1, 0.2, 0.3, 0.4], 1, (0.1**2 + 0.7**2 + 0.4**2) / 3, -np.log(0.2), 0),
    ],
)
def test_a_forecast_is_scored_as_by_hand(probabilities, came, rps, log_loss, accuracy):
    with np.errstate(divide="ignore"):
        found = forecast.losses(np.array([probabilities], float), np.array([came])).iloc[0]
    assert found.tolist() == pytest.approx([rps, log_loss, accuracy])


def test_a_nearer_miss_scores_nearer():
    near, far = (
        forecast.losses(np.array([p], float), np.array([3])).rps[0] for p in ([0, 0, 0.9, 0.1], [0.9, 0, 0, 0.1])
    )
    assert near < far


def rps_of(probabilities, codes):
    """The score by its definition, one forecast and one cut after the other."""
    whole = [
        sum((sum(p[: cut + 1]) - (came <= cut)) ** 2 for cut in range(3)) / 3
        for p, came in zip(probabilities, codes, strict=True)
    ]
    return sum(whole) / len(whole)


def test_the_table_is_the_mean_of_the_scores(planted):
    table = forecast.skill(planted).set_index("model")
    for model, p in planted.probabilities.items():
        came = planted.codes
        assert table.rps[model] == pytest.approx(rps_of(p, came))
        assert table.log_loss[model] == pytest.approx(-np.mean([np.log(p[i, c]) for i, c in enumerate(came)]))
        assert table.accuracy[model] == pytest.approx(np.mean(p.argmax(axis=1) == came))
        gap = table.rps[model] - table.rps["previous_judgement"]
        assert table.rps_difference[model] == pytest.approx(gap)
        assert table.base_difference[model] == pytest.approx(table.rps[model] - table.rps["base_rates"])
    assert (table.n_train == 200).all()
    assert (table.n_test == 200).all()
    assert table.loc["previous_judgement", ["rps_difference", "ci_low", "ci_high"]].tolist() == [0, 0, 0]


# --- models ----------------------------------------------------------------------------------------------------------


def by_statsmodels(train, test, columns):
    """P(judgement) of the test rows by statsmodels' own prediction."""
    fitted = OrderedModel(train.overall.cat.codes.to_numpy(), train[columns].to_numpy(float), distr="logit").fit(
        method="bfgs", disp=False, maxiter=500
    )
    return fitted.model.predict(fitted.params, exog=test[columns].to_numpy(float))


@pytest.mark.parametrize("model", ["previous_judgement", "workforce", "workforce_and_previous", "deprivation"])
@pytest.mark.parametrize("which", ["planted", "real"])
def test_probabilities_are_statsmodels(which, model, request):
    trial = request.getfixturevalue(which)
    theirs = by_statsmodels(trial.train, trial.test, list(forecast.MODELS[model]))
    assert trial.probabilities[model] == pytest.approx(theirs, abs=2e-4)


def test_counted_forecasts_are_those_of_a_cross_table(real):
    counts = pd.crosstab(real.train.previous_rank, real.train.overall, dropna=False).reindex(range(4), fill_value=0) + 1
    shares = counts.div(counts.sum(axis=1), axis=0)
    expected = shares.loc[real.test.previous_rank.astype(int)].to_numpy()
    assert real.probabilities["previous_judgement_table"] == pytest.approx(expected)
    base = real.train.overall.value_counts(normalize=True, sort=False).to_numpy()
    assert real.probabilities["base_rates"] == pytest.approx(np.tile(base, (len(real.test), 1)))


def test_the_real_trial_has_the_rows_of_the_contract(real, linked):
    rows = linked.dropna(subset=["overall", *THREE, "previous"])
    first = rows.inspection_start < pd.Timestamp(CUT)
    assert (len(real.train), len(real.test)) == (first.sum(), (~first).sum()) == (112, 144)
    assert list(real.probabilities) == list(forecast.MODELS)
    assert real.reasons == []


def test_a_planted_association_is_found_out_of_time_and_noise_is_not():
    with_signal = forecast.skill(forecast.out_of_time(invented(slope=-0.2), "overall", CUT, AS_AT)).set_index("model")
    assert with_signal.base_ci_high["workforce"] < 0
    assert with_signal.ci_high["workforce_and_previous"] < 0
    assert with_signal.base_ci_high["deprivation"] > 0
    noise = forecast.skill(forecast.out_of_time(invented(slope=0.0), "overall", CUT, AS_AT)).set_index("model")
    assert noise.base_ci_high["workforce"] > 0


def test_a_row_without_a_deprivation_score_leaves_that_model_out_and_says_so():
    rows = invented()
    rows.loc[[3, 300], "imd_average_score"] = np.nan
    trial = forecast.out_of_time(rows, "overall", CUT, AS_AT)
    assert "deprivation" not in trial.probabilities
    assert trial.reasons == [
        "The model “Deprivation” of overall effectiveness is left out: 2 inspections have no figure for it."
    ]
    assert set(forecast.skill(trial).n_test) == {200}


def test_every_model_has_the_same_rows(linked):
    trials = {name: forecast.out_of_time(linked, name, CUT, AS_AT) for name in forecast.FORECAST}
    for trial in trials.values():
        assert {len(p) for p in trial.probabilities.values()} == {len(trial.test)}
        for p in trial.probabilities.values():
            assert p.sum(axis=1) == pytest.approx(1)
        assert trial.test[[trial.judgement, *FOUR]].notna().all().all()
    table = forecast.checks(trials, "overall", reports_known=trials["overall"])
    assert table.groupby(["check", "judgement"], sort=False).size().index.tolist() == [
        ("reports_known", "overall"),
        *(("other_judgement", name) for name in forecast.FORECAST[1:]),
    ]
    shown = forecast.shown_checks(table)
    assert shown["Judgement"].tolist() == ["overall", "leaders", "help and protection", "in care"]
    assert shown["Workforce"].tolist() == table[table.model == "workforce"].rps.map("{:.4f}".format).tolist()


# --- intervals -------------------------------------------------------------------------------------------------------


def test_the_interval_is_near_the_normal_one_of_a_mean_over_return_units(real):
    table = forecast.skill(real).set_index("model")
    for model in ("base_rates", "workforce", "workforce_and_previous", "deprivation"):
        gap = (
            forecast.losses(real.probabilities[model], real.codes).rps
            - forecast.losses(real.probabilities["previous_judgement"], real.codes).rps
        )
        sums = (gap - gap.mean()).groupby(real.test.return_unit.to_numpy()).sum()
        reach = 1.96 * np.sqrt((sums**2).sum()) / len(gap)
        assert (table.ci_high - table.ci_low)[model] == pytest.approx(2 * reach, rel=0.1)
        assert (table.ci_high + table.ci_low)[model] / 2 == pytest.approx(gap.mean(), abs=0.1 * reach)


def test_copies_of_an_inspection_within_a_return_unit_do_not_narrow_the_interval():
    rows = invented()
    tried = rows[rows.inspection_start >= CUT]
    copies = pd.concat([rows, tried, tried], ignore_index=True)
    apart = copies.assign(return_unit=[f"U{i}" for i in range(len(copies))])
    widths = [
        np.diff(
            forecast.skill(forecast.out_of_time(r, "overall", CUT, AS_AT)).query("model == 'workforce'")[
                ["ci_low", "ci_high"]
            ]
        )[0, 0]
        for r in (rows, copies, apart)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.02)
    assert widths[2] < 0.75 * widths[0]


def test_the_same_trial_gives_the_same_table(planted):
    pd.testing.assert_frame_equal(forecast.skill(planted), forecast.skill(planted))


# --- refusals --------------------------------------------------------------------------------------------------------


def test_too_few_inspections_to_try_give_no_figures_and_say_so():
    rows = invented()
    trial = forecast.out_of_time(rows.head(200 + forecast.FEWEST_TRIED - 1), "overall", CUT, AS_AT)
    assert "29 usable inspections begun from 1 January 2022 on are known, and 30 are needed." in trial.reasons[0]
    assert forecast.skill(trial).empty
    assert list(forecast.skill(trial)) == forecast.SKILL_COLUMNS
    assert forecast.calibrations(trial) == {}
    assert forecast.in_the_large(trial, "workforce") == {}
    assert forecast.calibration(trial, "workforce").empty
    assert forecast.shown_skill(forecast.skill(trial)).empty
    assert forecast.shown_checks(forecast.checks({"overall": trial}, "overall", reports_known=trial)).empty
    assert len(forecast.out_of_time(rows.head(230), "overall", CUT, AS_AT).probabilities) == len(forecast.MODELS)


def test_a_judgement_that_was_never_given_before_the_cut_is_not_forecast():
    rows = invented()
    kept = rows[(rows.inspection_start >= CUT) | (rows.overall != "outstanding")]
    trial = forecast.out_of_time(kept, "overall", CUT, AS_AT)
    assert trial.probabilities == {}
    assert "none was judged outstanding" in trial.reasons[0]


def test_a_model_without_an_estimate_is_missing_with_its_reason():
    trial = forecast.out_of_time(invented().assign(imd_average_score=20.0), "overall", CUT, AS_AT)
    assert set(forecast.MODELS) - set(trial.probabilities) == {"deprivation"}
    assert trial.reasons == [
        "The model “Deprivation” of overall effectiveness cannot be estimated: Deprivation (one point of score) is the "
        "same in every inspection."
    ]


@pytest.mark.parametrize("judgement", ["care_leavers", "Overall", ""])
def test_a_judgement_that_is_not_forecast_is_a_fault(judgement, linked, fault_of):
    assert "overall, leaders" in fault_of(forecast.out_of_time, linked, judgement, CUT, AS_AT)
    assert "overall, leaders" in fault_of(forecast.chosen, dict.fromkeys(forecast.FORECAST), judgement)


@pytest.mark.parametrize("day", ["2022", "1 January 2022", "2022-13-01", ""])
def test_a_day_that_is_none_is_a_fault(day, linked, fault_of):
    assert "YYYY-MM-DD" in fault_of(forecast.out_of_time, linked, "overall", day, AS_AT)


# --- what was known --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("inspection_start", pd.Timestamp("2023-07-01"), "began on 1 July 2023"),
        ("publication_date", pd.Timestamp("2023-07-01"), "was published on 1 July 2023"),
        ("census", 2023, "is set beside a census published on 1 March 2024"),
    ],
)
def test_a_row_that_was_not_known_is_a_fault(column, value, words, fault_of):
    rows = invented()
    known = rows.astype({"census": float})
    assert forecast.require_known_by(known, "2023-06-30") is known
    known.loc[7, column] = value
    text = fault_of(forecast.require_known_by, known, "2023-06-30")
    assert text.startswith(f"An inspection of U7 {words}, later than 30 June 2023")
    assert words in fault_of(forecast.out_of_time, known.astype({"census": int}), "overall", CUT, "2023-06-30")


def test_every_fit_refuses_what_was_not_known(fault_of):
    rows = invented().assign(publication_date=pd.Timestamp("2024-01-01"))
    for model in forecast.MODELS:
        if model in forecast.COUNTED:
            continue
        assert "later than" in fault_of(forecast.fit_known, rows, model, "overall", "2023-12-31")
        assert forecast.fit_known(rows, model, "overall", "2024-01-01").n == len(rows)


def test_a_row_without_an_inspection_or_a_census_is_not_late():
    rows = invented().head(2).assign(inspection_start=pd.NaT, publication_date=pd.NaT, census=np.nan)
    assert forecast.known_by(rows, "2000-01-01").all()


def test_the_strict_trial_is_fitted_to_what_was_out_by_then(linked, real):
    strict = forecast.out_of_time(linked, "overall", CUT, AS_AT, strict=True)
    cut = pd.Timestamp(CUT)
    out = (real.train.publication_date < cut) & (real.train.census.map(publication_date) < cut)
    assert strict.train.inspection_id.tolist() == real.train[out].inspection_id.tolist()
    assert strict.test.inspection_id.tolist() == real.test.inspection_id.tolist()
    assert 0 < len(strict.train) < len(real.train)


def test_what_was_not_known_is_counted(real):
    changed = coverage.revisions(panel.workforce_at(AS_AT))
    found = forecast.caveats(real, changed)
    cut = pd.Timestamp(CUT)
    assert (found["train"], found["test"]) == (112, 144)
    assert found["late_reports"] == sum(day >= cut for day in real.train.publication_date)
    assert found["late_censuses"] == sum(publication_date(c) >= cut for c in real.train.census)
    ahead = zip(real.test.census, real.test.inspection_start, strict=True)
    assert found["ahead"] == sum(publication_date(census) > start for census, start in ahead)
    whole = pd.concat([real.train, real.test])
    moved = changed[(changed.level == "council") & changed.measure.isin(THREE)][["return_unit", "census"]]
    assert found["revised"] == len(whole.merge(moved.drop_duplicates(), on=["return_unit", "census"]))
    assert forecast.caveats(real, changed.iloc[:0])["revised"] == 0


def nonsense_after(as_at):
    """tables.load, but everything published after a day is nonsense: figures, judgements and whole releases."""
    load, day = tables.load, pd.Timestamp(as_at)

    def loaded(name):
        rows = load(name)
        if name.startswith("workforce"):
            late = (rows.census.map(publication_date) > day) | (publication_date(int(rows.release.max())) > day)
            return rows.assign(**{m: rows[m].where(~late, 77.0) for m in FIVE})
        if name == "inspections":
            late = rows.publication_date > day
            return rows.assign(**{j: rows[j].mask(late & (rows[j] != ""), "inadequate") for j in JUDGED})
        return rows

    return loaded


def everything(as_at):
    linked = panel.with_context(panel.build(as_at), as_at)
    trials = {j: forecast.out_of_time(panel.ilacs_to_2025(linked), j, CUT, as_at) for j in ("overall", "in_care")}
    return pd.concat([forecast.skill(trial) for trial in trials.values()], ignore_index=True), trials


def test_the_trial_knows_nothing_later_than_its_day(monkeypatch):
    as_at = "2023-06-30"
    honest, trials = everything(as_at)
    assert 30 <= len(trials["overall"].test) < 144
    monkeypatch.setattr(tables, "load", nonsense_after(as_at))
    pd.testing.assert_frame_equal(everything(as_at)[0], honest)
    today = panel.build(AS_AT)
    assert set(today[today.census > 2022].agency_rate.dropna()) == {77.0}
    assert set(today[today.publication_date > pd.Timestamp(as_at)].overall.dropna()) == {"inadequate"}


# --- calibration -----------------------------------------------------------------------------------------------------


def test_calibration_holds_every_inspection_once(real):
    for model, table in forecast.calibrations(real).items():
        assert table.n.sum() == len(real.test)
        came = (real.codes >= 2).mean()
        assert (table.n * table.share).sum() / table.n.sum() == pytest.approx(came)
        whole = forecast.in_the_large(real, model)
        assert (table.n * table.forecast).sum() / table.n.sum() == pytest.approx(whole["forecast"])
        assert whole["share"] == pytest.approx(came)
        assert table[table.n > 0].apply(lambda r: r.low <= r.forecast <= r.high, axis=1).all()


def test_shares_have_wilsons_interval(real):
    row = forecast.calibration(real, "workforce").iloc[2]
    z, n, p = 1.959964, row.n, row.share
    middle, reach = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    expected = [(middle + sign * reach) / (1 + z**2 / n) for sign in (-1, 1)]
    assert row[["ci_low", "ci_high"]].tolist() == pytest.approx(expected)


def test_the_ends_of_the_scale_lie_in_its_first_and_last_fifth(planted):
    n = len(planted.test)
    sure = np.tile([0.0, 0.0, 0.5, 0.5], (n, 1))
    table = forecast.calibration(
        forecast.Trial("overall", planted.train_before, planted.train, planted.test, {"workforce": sure}, []),
        "workforce",
    )
    assert table.n.tolist() == [0, 0, 0, 0, n]
    assert table.forecast.isna().tolist() == [True] * 4 + [False]
    assert forecast.shown_calibration(table)["Mean forecast"].tolist() == ["–", "–", "–", "–", "100%"]


def test_readers_tables_show_what_was_found(planted):
    table = forecast.skill(planted)
    shown = forecast.shown_skill(table)
    assert shown["RPS"].tolist() == table.rps.map("{:.4f}".format).tolist()
    own = shown.set_index("Model")
    assert (
        own.loc["Base rates", "less base rates'"] == own.loc["Previous judgement", "less previous judgement's"] == "–"
    )
    row = table.set_index("model").loc["workforce"]
    told = f"{row.rps_difference:+.3f} ({row.ci_low:+.3f} to {row.ci_high:+.3f})"
    assert own.loc["Workforce", "less previous judgement's"] == told
