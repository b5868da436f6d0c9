"""Each council's next judgement: probabilities of the fitted model, and one judgement named only by the rule."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.proportion import proportion_confint

from workforce_ratings import councils, panel, wording
from workforce_ratings.models import forecast, next_judgement, ordinal
from workforce_ratings.official import tables
from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENT_TYPE, JUDGEMENTS, THREE, long_date, publication_date

AS_AT, CUT = "2026-06-30", "2022-01-01"
COLUMNS = list(forecast.MODELS[next_judgement.MODEL])


def trials_at(as_at, judgements=("overall", "leaders")):
    linked = panel.with_context(panel.build(as_at), as_at)
    kept = panel.ilacs_to_2025(linked)
    return linked, {name: forecast.out_of_time(kept, name, CUT, as_at) for name in judgements}


def forecasts_at(as_at, judgements=("overall", "leaders")):
    linked, trials = trials_at(as_at, judgements)
    return next_judgement.forecasts(linked, panel.latest(as_at), trials, as_at)


@pytest.fixture(scope="module")
def linked():
    return panel.with_context(panel.build(AS_AT), AS_AT)


@pytest.fixture(scope="module")
def trials():
    return trials_at(AS_AT)[1]


@pytest.fixture(scope="module")
def now():
    return panel.latest(AS_AT)


@pytest.fixture(scope="module")
def real(linked, now, trials):
    return next_judgement.forecasts(linked, now, trials, AS_AT)


@pytest.fixture(scope="module")
def fitted(linked):
    return forecast.fit_known(forecast.usable(linked, "overall"), next_judgement.MODEL, "overall", AS_AT)


# --- probabilities ---------------------------------------------------------------------------------------------------


def test_every_council_has_one_row_of_every_judgement(real):
    existing = {c.series for c in councils.existing(pd.Timestamp(AS_AT))}
    assert set(real.council_code) == existing
    assert len(real) == 2 * len(existing)
    assert not real.duplicated(["council_code", "judgement"]).any()
    assert list(real) == next_judgement.FORECAST_COLUMNS


def test_probabilities_are_those_of_a_model_of_every_inspection_known(real, linked, now):
    rows = linked[linked.framework == "ILACS"].dropna(subset=["overall", "previous", *THREE])
    model = OrderedModel(rows.overall.cat.codes.to_numpy(), rows[COLUMNS].to_numpy(float), distr="logit")
    params = model.fit(method="bfgs", disp=False, maxiter=500).params
    halton = now[now.council == "Halton"]
    expected = model.predict(params, exog=halton[COLUMNS].to_numpy(float))[0]
    found = real.query("council == 'Halton' and judgement == 'overall'").iloc[0]
    assert found[next_judgement.SHARES].tolist() == pytest.approx(expected.tolist(), abs=2e-4)
    assert found.p_good_or_outstanding == pytest.approx(expected[2:].sum(), abs=2e-4)
    assert found.census == 2025
    assert found.previous == halton.overall.iloc[0]


def test_the_fit_takes_inspections_of_other_judgements_since_overall_ones_ended(linked):
    overall, leaders = (forecast.usable(linked, name) for name in ("overall", "leaders"))
    later = leaders[~leaders.inspection_id.isin(overall.inspection_id)]
    assert len(later) > 0
    assert (later.publication_date > pd.Timestamp("2026-03-31")).all()


def test_the_interval_is_that_of_refits_one_by_one(fitted, now):
    """The first 60 draws, each fitted by itself over rows repeated as often as drawn."""
    x = now[now.council == "Halton"][COLUMNS].to_numpy(float)
    draws = next_judgement.draws(fitted)
    assert len(draws) > 0.95 * forecast.RESAMPLES
    units = int(fitted.groups.max()) + 1
    weights = np.random.default_rng(forecast.SEED).multinomial(
        units, np.full(units, 1 / units), size=forecast.RESAMPLES
    )
    for draw in range(2):
        times = weights[draw][fitted.groups]
        codes, values = np.repeat(fitted.codes, times), np.repeat(fitted.values, times, axis=0)
        model = OrderedModel(codes, values, distr="logit")
        alone = model.predict(model.fit(method="bfgs", disp=False, maxiter=500).params, exog=x)
        assert ordinal.probabilities(draws[draw], x) == pytest.approx(alone, abs=2e-4)
    share = np.array([ordinal.probabilities(params, x)[0, 2:].sum() for params in draws])
    found = next_judgement.probabilities(fitted, now[now.council == "Halton"]).iloc[0]
    assert [found.ci_low, found.ci_high] == pytest.approx(np.quantile(share, [0.025, 0.975]).tolist())
    likeliest = JUDGEMENTS.index(found.likeliest)
    own = np.array([ordinal.probabilities(params, x)[0, likeliest] for params in draws])
    ends = [found.likeliest_ci_low, found.likeliest_ci_high]
    assert ends == pytest.approx(np.quantile(own, [0.025, 0.975]).tolist())


def test_every_interval_holds_its_estimate(real):
    rows = real.dropna(subset=["p_good_or_outstanding"])
    assert ((rows.ci_low <= rows.p_good_or_outstanding) & (rows.p_good_or_outstanding <= rows.ci_high)).all()
    assert rows[next_judgement.SHARES].sum(axis=1).to_numpy() == pytest.approx(1)
    largest = rows[next_judgement.SHARES].max(axis=1)
    assert ((rows.likeliest_ci_low <= largest) & (largest <= rows.likeliest_ci_high)).all()
    at = rows[next_judgement.SHARES].to_numpy().argmax(axis=1)
    assert rows.likeliest.tolist() == [JUDGEMENTS[i] for i in at]


def test_draws_that_mostly_have_no_estimate_give_no_interval(linked, now, monkeypatch):
    rows = forecast.usable(linked, "overall")
    kept = rows[(rows.overall != "inadequate") | (rows.council == rows[rows.overall == "inadequate"].council.iloc[0])]
    fitted = forecast.fit_known(kept, next_judgement.MODEL, "overall", AS_AT)
    found = next_judgement.probabilities(fitted, now.dropna(subset=COLUMNS))
    assert found[["ci_low", "ci_high", "likeliest_ci_low"]].isna().all().all()
    assert found.p_good_or_outstanding.notna().all()


# --- the rule --------------------------------------------------------------------------------------------------------


def invented(n=600, seed=3, slope=0.35, flip=False):
    """Inspections of n councils, half of them begun before CUT, whose judgements follow the agency rate closely; with
    `flip` they follow it the other way round from CUT on."""
    draw = np.random.default_rng(seed)
    later = np.arange(n) >= n // 2
    agency, rank = draw.uniform(0, 40, n), draw.integers(0, 4, n)
    way = np.where(later & flip, -1, 1)
    latent = -slope * way * (agency - 20) + draw.logistic(size=n)
    days = pd.Series(pd.to_datetime(np.where(later, "2023-05-01", "2019-05-01")))
    names = [f"U{i}" for i in range(n)]
    frame = pd.DataFrame(
        {"agency_rate": agency, "turnover_rate": draw.uniform(5, 30, n), "caseload": draw.normal(17, 2, n)}
    )
    return frame.assign(
        **dict.fromkeys(("council", "council_code", "return_unit"), names),
        previous_rank=rank.astype(float),
        previous=[JUDGEMENTS[i] for i in rank],
        imd_average_score=draw.uniform(5, 45, n),
        inspection_start=days,
        publication_date=days + pd.Timedelta(days=60),
        census=np.where(later, 2022, 2018),
        inpost_fte=100.0,
        framework="ILACS",
        overall=pd.Series(np.array(JUDGEMENTS)[np.digitize(latent, [-2.5, 0, 2.5])]).astype(JUDGEMENT_TYPE),
    )


def tried_on(rows):
    return {"overall": forecast.out_of_time(rows, "overall", CUT, AS_AT)}


@pytest.fixture(scope="module")
def planted():
    rows = invented()
    return rows, tried_on(rows)


def test_the_trial_of_the_rule_is_that_of_refits_one_by_one(planted, monkeypatch):
    """300 draws, each fitted by itself to the earlier rows alone and carried to the later ones."""
    monkeypatch.setattr(forecast, "RESAMPLES", 300)
    trial = planted[1]["overall"]
    fitted = forecast.fit_known(trial.train, next_judgement.MODEL, "overall", AS_AT)
    x = trial.test[COLUMNS].to_numpy(float)
    point = ordinal.probabilities(fitted.estimates.to_numpy(), x)
    likeliest = point.argmax(axis=1)
    every = [ordinal.probabilities(p, x)[np.arange(len(x)), likeliest] for p in next_judgement.draws(fitted)]
    inside = ((x >= trial.train[COLUMNS].min().to_numpy()) & (x <= trial.train[COLUMNS].max().to_numpy())).all(axis=1)
    named = (np.quantile(every, 0.025, axis=0) > 0.5) & inside
    came = trial.codes[named] == likeliest[named]
    row = next_judgement.rule_tried({"overall": trial}, AS_AT).iloc[0]
    assert (row.n_train, row.n_test, row.named, row.came) == (300, 300, named.sum(), came.sum())
    assert 10 < row.came < row.named < 300
    low, high = proportion_confint(came.sum(), named.sum(), method="wilson")
    assert [row.came_ci_low, row.came_ci_high] == pytest.approx([low, high])
    assert low > 0.5
    assert row.refusal == ""


def test_one_judgement_is_named_where_the_rule_was_trusted_and_its_interval_is_above_half(planted):
    rows, trials = planted
    found = next_judgement.forecasts(rows, rows.tail(200), trials, AS_AT)
    for row in found.to_dict("records"):
        allowed = row["likeliest_ci_low"] > 0.5
        assert (row["named"] == row["likeliest"]) if allowed else pd.isna(row["named"])
        assert row["refusal"] == ("" if allowed else next_judgement.NOT_ABOVE_HALF)
    assert 20 < found.named.notna().sum() < 200


def test_a_rule_whose_judgements_did_not_come_names_nothing(planted, monkeypatch):
    """The association turns round at the cut: what is named for the later inspections does not come."""
    rows = invented(flip=True)
    tried = next_judgement.rule_tried(tried_on(rows), AS_AT)
    assert tried.named[0] > next_judgement.FEWEST_NAMED
    assert tried.came_ci_low[0] < 0.5
    assert tried.refusal.tolist() == [next_judgement.TOO_FEW_CAME]
    good = planted[0]
    found = next_judgement.forecasts(good, good.tail(200), planted[1], AS_AT, tried)
    assert found.named.isna().all()
    assert set(found.refusal) == {next_judgement.TOO_FEW_CAME, next_judgement.NOT_ABOVE_HALF}
    assert found.p_good.notna().all()


def test_fewer_than_ten_named_are_too_few_to_trust_the_rule(planted):
    trial = planted[1]["overall"]
    p = trial.probabilities[next_judgement.MODEL].max(axis=1)
    sure = np.argsort(-p)

    def cut_to(named):
        kept = np.sort(np.r_[sure[:named], sure[-40:]])
        some = {model: q[kept] for model, q in trial.probabilities.items()}
        test = trial.test.iloc[kept]
        cut = forecast.Trial("overall", trial.train_before, trial.train, test, some, [])
        return next_judgement.rule_tried({"overall": cut}, AS_AT).iloc[0]

    nine, ten = cut_to(9), cut_to(10)
    assert (nine.named, ten.named) == (9, 10) == (next_judgement.FEWEST_NAMED - 1, next_judgement.FEWEST_NAMED)
    assert nine.refusal == next_judgement.TOO_FEW_NAMED
    assert ten.refusal == ""
    assert "at least ten " in " ".join(wording.forecast.naming_rule())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"inpost_fte": 29.9}, next_judgement.SMALL),
        ({"agency_rate": -0.1}, next_judgement.OUTSIDE),
        ({"caseload": 90.0}, next_judgement.OUTSIDE),
        ({"inpost_fte": 30.0}, ""),
        ({"inpost_fte": np.nan}, ""),
    ],
)
def test_a_small_workforce_or_a_figure_out_of_range_is_not_named(changes, reason, planted, monkeypatch):
    monkeypatch.setattr(forecast, "RESAMPLES", 200)
    rows, trials = planted
    named = next_judgement.forecasts(rows, rows.tail(60), trials, AS_AT)
    name = named[named.named.notna()].council.iloc[0]
    one = rows[rows.council == name].assign(**changes)
    found = next_judgement.forecasts(rows, one, trials, AS_AT).iloc[0]
    assert found.refusal == reason
    assert pd.isna(found.named) == bool(reason)
    assert found[next_judgement.SHARES].astype(float).sum() == pytest.approx(1)


def test_the_rule_names_none_of_the_inspections_it_is_tried_on_and_so_no_council(real, trials):
    tried = next_judgement.rule_tried(trials, AS_AT)
    assert tried.judgement.tolist() == ["overall", "leaders"]
    assert tried.n_test.tolist() == [144, 144]
    assert tried.named.tolist() == tried.came.tolist() == [0, 0]
    assert tried.came_ci_low.isna().all()
    assert set(tried.refusal) == {next_judgement.TOO_FEW_NAMED}
    assert real.named.isna().all()
    assert real.p_good.notna().sum() > 280
    confident = real[real.likeliest_ci_low > 0.5]
    assert len(confident) > 0
    reasons = {next_judgement.TOO_FEW_NAMED, next_judgement.SMALL, next_judgement.OUTSIDE}
    assert set(confident.refusal) <= reasons
    small = real[real.council.isin(["City of London", "Rutland"])]
    assert set(small.refusal) == {next_judgement.SMALL}


def test_the_trial_of_the_rule_stands_below_the_other_checks(trials):
    tried = next_judgement.rule_tried(trials, AS_AT)
    checks = forecast.checks(trials, "overall", reports_known=trials["overall"])
    whole = next_judgement.checks_with_rule(checks, tried)
    assert list(whole)[: len(checks.columns)] == list(checks)
    last = whole[whole.check == "naming_rule"]
    assert last.index.tolist() == [len(checks), len(checks) + 1]
    assert last[["n_test", "named", "came"]].to_numpy().tolist() == [[144, 0, 0]] * 2
    assert last.rps.isna().all()
    assert whole.named.head(len(checks)).isna().all()
    nothing = next_judgement.checks_with_rule(checks.iloc[:0], tried.iloc[:0])
    assert list(nothing) == list(whole)
    assert nothing.empty


def test_a_model_that_came_no_nearer_than_base_rates_names_nothing(linked, now, trials):
    """The trial of a model whose forecasts are those of base rates, a little moved either way."""
    trial = trials["overall"]
    base = trial.probabilities["base_rates"]
    shift = np.where(np.arange(len(base))[:, None] % 2, 0.01, -0.01) * [1, -1, 1, -1]
    same = trial.probabilities | {next_judgement.MODEL: base + shift}
    blunt = forecast.Trial("overall", trial.train_before, trial.train, trial.test, same, [])
    table = forecast.skill(blunt).set_index("model").loc[next_judgement.MODEL]
    assert table.base_ci_low < 0 < table.base_ci_high
    found = next_judgement.forecasts(linked, now, {"overall": blunt}, AS_AT)
    assert found.named.isna().all()
    assert found.p_good_or_outstanding.notna().any()
    assert set(found[found.p_good.notna()].refusal) == {next_judgement.NO_SKILL}


def test_without_a_trial_there_are_no_probabilities():
    found = forecasts_at("2019-06-30")
    assert found[[*next_judgement.SHARES, "ci_low", "named"]].isna().all().all()
    assert (found.refusal != "").all()
    assert next_judgement.NOT_TRIED in set(found.refusal)
    assert next_judgement.by_previous(found, "overall").Councils.sum() == 0
    assert set(next_judgement.shown_forecasts(found, "overall")["Good or outstanding"]) == {"–"}


def test_without_a_fit_there_are_no_probabilities(linked, now, trials):
    found = next_judgement.forecasts(
        linked[linked.overall != "outstanding"], now, {"overall": trials["overall"]}, AS_AT
    )
    assert found[[*next_judgement.SHARES, "named"]].isna().all().all()
    assert next_judgement.NOT_ESTIMATED in set(found.refusal)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"census": np.nan, "agency_rate": np.nan}, next_judgement.NO_CENSUS),
        ({"caseload": np.nan}, "the census of 2025 has no number for its average caseload"),
        (
            {"agency_rate": np.nan, "turnover_rate": np.nan},
            "the census of 2025 has no number for its agency rate, turnover rate",
        ),
        ({"previous_rank": np.nan}, next_judgement.NO_PREVIOUS),
    ],
)
def test_a_missing_figure_is_told_and_leaves_the_row_blank(changes, reason, linked, now, trials, monkeypatch):
    monkeypatch.setattr(forecast, "RESAMPLES", 200)
    at = now.index[now.council == "Halton"][0]
    rows = now.astype({"census": float})
    rows.loc[at, list(changes)] = list(changes.values())
    found = next_judgement.forecasts(linked, rows, {"overall": trials["overall"]}, AS_AT)
    row = found[found.council == "Halton"].iloc[0]
    assert row.refusal == reason
    assert row[[*next_judgement.SHARES, "ci_low", "ci_high", "likeliest", "named"]].isna().all()
    assert found[found.council == "Wakefield"].p_good.notna().all()


def test_the_councils_without_a_number_at_the_latest_census_have_a_reason(real):
    blank = real[real.p_good.isna()]
    assert {"Kensington and Chelsea", "Westminster"} <= set(blank.council)
    assert blank.refusal.str.startswith("the census of 2025 has no number").all()


# --- nothing later ---------------------------------------------------------------------------------------------------


def test_a_council_s_row_of_a_later_day_is_a_fault(linked, now, trials, fault_of):
    early = {"overall": trials["overall"]}
    assert "later than" in fault_of(next_judgement.forecasts, linked, now, early, "2023-06-30")
    then = panel.latest("2023-06-30")
    assert "later than" in fault_of(next_judgement.forecasts, linked, then, early, "2023-06-30")


def test_forecasts_know_nothing_later_than_their_day(monkeypatch):
    as_at = "2023-06-30"
    load, day = tables.load, pd.Timestamp(as_at)
    monkeypatch.setattr(forecast, "RESAMPLES", 200)
    honest = forecasts_at(as_at, ("overall",))
    assert honest.p_good.notna().sum() > 140

    def nonsense(name):
        rows = load(name)
        if name.startswith("workforce"):
            later = (rows.census.map(publication_date) > day) | (publication_date(int(rows.release.max())) > day)
            return rows.assign(**{m: rows[m].where(~later, 77.0) for m in FIVE})
        if name == "inspections":
            later = rows.publication_date > day
            return rows.assign(**{j: rows[j].mask(later & (rows[j] != ""), "inadequate") for j in JUDGED})
        return rows

    monkeypatch.setattr(tables, "load", nonsense)
    pd.testing.assert_frame_equal(forecasts_at(as_at, ("overall",)), honest)
    assert set(panel.latest(AS_AT).agency_rate.dropna()) == {77.0}


# --- for readers -----------------------------------------------------------------------------------------------------


def test_tables_for_readers_count_and_show_every_council(real):
    by = next_judgement.by_previous(real, "overall")
    rows = real[(real.judgement == "overall") & real.p_good.notna()]
    assert by.Councils.tolist() == [(rows.previous == name).sum() for name in JUDGEMENTS]
    assert by["One judgement named"].sum() == rows.named.notna().sum()
    good = rows[rows.previous == "good"].p_good_or_outstanding
    assert by.set_index("Standing judgement").loc["Good", "Median"] == f"{good.median():.0%}"
    shown = next_judgement.shown_forecasts(real, "overall").set_index("Council")
    assert len(shown) == (real.judgement == "overall").sum()
    halton = real.query("council == 'Halton' and judgement == 'overall'").iloc[0]
    told = f"{halton.p_good_or_outstanding:.0%} ({halton.ci_low:.0%} to {halton.ci_high:.0%})"
    assert shown.loc["Halton", "Good or outstanding"] == told
    assert set(shown["Named, or why not"]) >= {"none", next_judgement.TOO_FEW_NAMED}
    assert shown.loc["Halton", ["Inspected", "Published"]].tolist() == [
        long_date(halton.previous_start),
        long_date(halton.previous_published),
    ]


def test_the_standing_judgement_has_the_days_of_its_inspection(real, linked):
    halton = real.query("council == 'Halton' and judgement == 'leaders'").iloc[0]
    given = linked[(linked.council == "Halton") & linked.overall.notna()].sort_values("inspection_start").iloc[-1]
    assert halton.previous == given.overall
    assert halton[["previous_start", "previous_published"]].tolist() == [given.inspection_start, given.publication_date]
