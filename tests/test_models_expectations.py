"""A council's last judgement beside its staffing: probabilities worked out again, its own left out, and what is said."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from sentence_cases import expectations as cases
from workforce_ratings import charts, panel, wording
from workforce_ratings.models import expectations, forecast
from workforce_ratings.vocabulary import JUDGEMENTS, THREE, Fault

AS_AT = "2026-06-30"
WAKEFIELD, KINGSTON, RICHMOND, CUMBERLAND = "E08000036", "E09000021", "E09000027", "E06000063"
NEITHER, MORE, LESS = cases.NEITHER, cases.MORE, cases.LESS


@pytest.fixture(scope="module")
def known():
    return panel.build(AS_AT)


@pytest.fixture(scope="module")
def fitted_to(known):
    return panel.ilacs_to_2025(known)


def last_of(known, code):
    return known[known.council_code == code].dropna(subset=["overall"]).iloc[-1]


@pytest.fixture(scope="module")
def wakefield(known, fitted_to):
    return expectations.expected(fitted_to, last_of(known, WAKEFIELD), AS_AT)


@pytest.fixture
def few_draws(monkeypatch):
    """Where no interval is looked at."""
    monkeypatch.setattr(forecast, "RESAMPLES", 40)


def planted(inspection, **changes):
    return pd.Series({**inspection.to_dict(), **changes})


# --- probabilities ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "without"), [(WAKEFIELD, [WAKEFIELD]), (KINGSTON, [KINGSTON, RICHMOND]), (CUMBERLAND, [CUMBERLAND])]
)
@pytest.mark.usefixtures("few_draws")
def test_probabilities_are_those_of_statsmodels_on_the_other_return_units(known, fitted_to, code, without):
    rows = fitted_to[~fitted_to.council_code.isin(without)].dropna(subset=["overall", *THREE])
    fitted = OrderedModel(rows.overall.cat.codes.to_numpy(), rows[list(THREE)].to_numpy(float), distr="logit")
    result = fitted.fit(method="bfgs", maxiter=2000, gtol=1e-4, disp=False)
    own = last_of(known, code)
    found = expectations.expected(fitted_to, own, AS_AT)
    again = result.predict(own[list(THREE)].to_numpy(float)[None])[0]
    assert found.table.p.to_numpy() == pytest.approx(again, abs=1e-4)
    assert (found.n, found.units) == (len(rows), rows.return_unit.nunique())
    assert found.left_out == len(fitted_to.dropna(subset=["overall", *THREE])) - len(rows) > 0
    assert (found.first, found.last) == (rows.inspection_start.min(), rows.inspection_start.max())


def test_the_interval_is_near_that_of_the_delta_method(wakefield, fitted_to, known):
    """Another way to an interval: normal draws of the parameters with the covariance clustered by return unit."""
    own = last_of(known, WAKEFIELD)
    rest = fitted_to[fitted_to.return_unit != own.return_unit]
    fitted = forecast.fit_known(rest, "workforce", "overall", AS_AT)
    drawn = np.random.default_rng(3).multivariate_normal(fitted.estimates, fitted.clustered, 20_000)
    at_most = stats.logistic.cdf(drawn[:, 3:] - (drawn[:, :3] @ own[list(THREE)].to_numpy(float))[:, None])
    p = np.diff(np.c_[np.zeros(len(drawn)), at_most, np.ones(len(drawn))], axis=1)
    low, high = np.quantile(p, [0.025, 0.975], axis=0)
    table = wakefield.table
    assert table.p_ci_low.to_numpy() == pytest.approx(low, abs=0.02)
    assert table.p_ci_high.to_numpy() == pytest.approx(high, abs=0.02)
    gap_low, gap_high = np.quantile(p[:, [2]] - p, [0.025, 0.975], axis=0)
    others = ~table.given
    assert table.difference_ci_low[others].to_numpy() == pytest.approx(gap_low[[0, 1, 3]], abs=0.03)
    assert table.difference_ci_high[others].to_numpy() == pytest.approx(gap_high[[0, 1, 3]], abs=0.03)


def test_the_parts_of_the_table_agree(wakefield):
    table = wakefield.table
    assert list(table.columns) == expectations.TABLE_COLUMNS
    assert tuple(table.judgement) == JUDGEMENTS
    assert table.judgement[table.given].tolist() == ["good"]
    assert table.p.sum() == pytest.approx(1)
    assert table.p_or_lower.to_numpy() == pytest.approx(table.p.cumsum().to_numpy())
    assert (table.p_or_lower + table.p_or_higher - table.p).to_numpy() == pytest.approx([1.0] * 4)
    assert table.difference[~table.given].to_numpy() == pytest.approx((table.p[2] - table.p[~table.given]).to_numpy())
    assert table.difference.isna().tolist() == table.given.tolist()
    for name in ("p", "p_or_lower", "p_or_higher"):
        assert (table[f"{name}_ci_low"] <= table[name] + 1e-12).all()
        assert (table[name] <= table[f"{name}_ci_high"] + 1e-12).all()


@pytest.mark.usefixtures("few_draws")
def test_the_judgement_itself_moves_nothing_but_the_mark(fitted_to, wakefield):
    """A council's own judgement is not among those fitted to, so the probabilities cannot know it."""
    changed = fitted_to.assign(overall=fitted_to.overall.mask(fitted_to.council_code == WAKEFIELD, "inadequate"))
    other = expectations.expected(changed, planted(wakefield.inspection, overall="inadequate"), AS_AT)
    assert other.table.p.tolist() == wakefield.table.p.tolist()
    assert other.table.judgement[other.table.given].tolist() == ["inadequate"]


def test_a_joint_return_leaves_both_its_councils_out(fitted_to, known):
    out = fitted_to[expectations.same_return(fitted_to, last_of(known, KINGSTON))]
    assert set(out.council_code) == {KINGSTON, RICHMOND}


def test_the_same_inspection_has_the_same_table_twice_and_its_panel_is_left_alone(fitted_to, wakefield):
    before = fitted_to.copy()
    again = expectations.expected(fitted_to, wakefield.inspection, AS_AT)
    pd.testing.assert_frame_equal(again.table, wakefield.table)
    pd.testing.assert_frame_equal(fitted_to, before)


# --- what is refused, and what is said beside it ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"agency_rate": np.nan, "agency_rate_marker": "x"},
            "the census of 2021, .* has no number for its agency rate$",
        ),
        (dict.fromkeys(THREE, np.nan), "no number for its agency rate, turnover rate, average caseload$"),
        (
            dict.fromkeys([*THREE, *(f"{m}_marker" for m in THREE)], np.nan) | {"census": 2014},
            "there are no figures of the council for the census of 2014",
        ),
        ({"caseload": np.nan, "census": 2026}, "the census of 2026, .* was not published by 30 June 2026$"),
    ],
)
def test_a_missing_figure_is_refused_with_its_reason(fitted_to, wakefield, changes, reason):
    found = expectations.expected(fitted_to, planted(wakefield.inspection, **changes), AS_AT)
    assert re.search(reason, found.refusal)
    assert found.table.empty
    assert expectations.shown(found).empty
    assert expectations.shown_staffing(found).empty


def test_a_council_without_a_judgement_is_refused(fitted_to):
    assert expectations.expected(fitted_to, None, AS_AT).refusal == expectations.NO_JUDGEMENT


@pytest.mark.parametrize("as_at", ["2018-04-01", "2018-12-01", "2019-06-01"])
def test_too_few_inspections_by_a_day_are_refused(as_at):
    known = panel.build(as_at)
    own = known[known.framework == "ILACS"].dropna(subset=["overall", *THREE]).iloc[-1]
    found = expectations.expected(panel.ilacs_to_2025(known), own, as_at)
    assert found.refusal.startswith("the model cannot be fitted to those of other councils: ")
    (text,) = wording.expectations.expectation_sentences("Halton", found)
    assert text.startswith("How the last judgement of Halton compares with its staffing cannot be told: ")


def test_what_was_not_known_by_the_day_is_not_fitted_to(fitted_to, wakefield, fault_of):
    with pytest.raises(Fault):
        expectations.expected(fitted_to, wakefield.inspection, "2022-03-01")
    assert "later than 1 March 2022" in fault_of(expectations.expected, fitted_to, wakefield.inspection, "2022-03-01")


@pytest.mark.parametrize(
    ("changes", "caution", "words"),
    [
        ({"framework": "SIF"}, "framework", "was under the SIF"),
        ({"inspection_start": pd.Timestamp("2025-03-25")}, "later", "the last of them began 24 March 2025"),
        ({"inpost_fte": 29.9}, "small", "fewer than 30 social workers"),
        ({"agency_rate": 50.1}, "outside", "such a figure: agency rate of 50.1% (those fitted to: 0.0% to 50.0%)"),
        ({"caseload": 10.6, "agency_rate": 60.0}, "outside", "such figures: agency rate of 60.0% "),
        ({"joint": True}, "joint", "the joint return of Halton and another council"),
    ],
)
@pytest.mark.usefixtures("few_draws")
def test_a_caution_is_given_where_it_holds(fitted_to, wakefield, changes, caution, words):
    found = expectations.expected(fitted_to, planted(wakefield.inspection, **changes), AS_AT)
    assert found.cautions == (caution,)
    (text,) = wording.expectations.expectation_cautions("Halton", found)
    assert words in text


@pytest.mark.parametrize(
    "changes", [{"inspection_start": pd.Timestamp("2025-03-24")}, {"inpost_fte": 30.0}, {"agency_rate": 50.0}]
)
@pytest.mark.usefixtures("few_draws")
def test_no_caution_is_given_at_the_edge(fitted_to, wakefield, changes):
    assert expectations.expected(fitted_to, planted(wakefield.inspection, **changes), AS_AT).cautions == ()


# --- how far it can be trusted ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trial(fitted_to):
    return forecast.out_of_time(panel.with_context(fitted_to, AS_AT), "overall", "2022-01-01", AS_AT)


def test_the_trial_is_that_of_the_forecasts_with_accuracy_beside_base_rates(trial):
    found, rows = expectations.tried(trial), forecast.skill(trial).set_index("model")
    own, base = rows.loc["workforce"], rows.loc["base_rates"]
    assert (found["n_train"], found["n_test"]) == (own.n_train, own.n_test)
    assert (found["rps"], found["base_rps"]) == pytest.approx((own.rps, base.rps))
    ends = (own.base_difference, own.base_ci_low, own.base_ci_high)
    assert [found[f"rps_{end}"] for end in ("difference", "ci_low", "ci_high")] == pytest.approx(ends)
    came = trial.probabilities["workforce"].argmax(axis=1) == trial.codes
    commonest = trial.train.overall.cat.codes.mode()[0]
    assert found["accuracy"] == pytest.approx(came.mean())
    assert found["base_accuracy"] == pytest.approx((trial.codes == commonest).mean())
    assert found["accuracy_difference"] == pytest.approx(found["accuracy"] - found["base_accuracy"])
    assert found["accuracy_ci_low"] < found["accuracy_difference"] < found["accuracy_ci_high"]


def test_an_untried_model_has_no_skill(trial):
    lost = trial.probabilities | {}
    del lost["workforce"]
    without = forecast.Trial("overall", trial.train_before, trial.train, trial.test, lost, ["none"])
    assert expectations.tried(without) is None
    assert "could not be measured" in wording.expectations.expectation_skill(None)[0]


@pytest.mark.parametrize(
    ("rps", "words"),
    [
        ((-0.04, -0.02), "came clearly nearer to what was judged than"),
        ((0.02, 0.04), "came clearly less near than"),
        ((-0.02, 0.02), "neither clearly nearer nor clearly less near"),
        ((-0.02, 0.0), "neither clearly nearer nor clearly less near"),
    ],
)
def test_the_skill_is_neutral_where_its_interval_spans_no_difference(rps, words):
    first, second = wording.expectations.expectation_skill(cases.tried(rps=rps))
    assert words in second
    assert "neither clearly more nor clearly less often than" in first
    assert "(42%; difference +0.0, 95% interval -10.0 to +10.0 points)" in first


# --- for readers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "headline", "compared"),
    [
        (
            cases.found(differences=[NEITHER] * 3),
            "Judged good; none clearly more probable at such staffing",
            "There is no clear difference between its probability and that of any other judgement.",
        ),
        (
            cases.found(differences=(LESS, NEITHER, (-0.1, 0.0))),
            "Judged good; none clearly more probable at such staffing",
            "At such staffing inadequate was clearly less probable than it; there is no clear difference between it and "
            "requires improvement and outstanding.",
        ),
        (
            cases.found(differences=[LESS] * 3),
            "Judged good, clearly the most probable at such staffing",
            "At such staffing inadequate, requires improvement and outstanding were clearly less probable than it.",
        ),
        (
            cases.found(given="inadequate", differences=[MORE, MORE, NEITHER]),
            "Judged inadequate; good clearly more probable at such staffing",
            "At such staffing requires improvement and good were clearly more probable than it; there is no clear "
            "difference between it and outstanding.",
        ),
    ],
)
def test_another_judgement_is_more_probable_only_where_the_interval_says_so(found, headline, compared):
    assert wording.expectations.expectation_headline(found) == headline
    assert wording.expectations.expectation_sentences("Halton", found)[-1] == compared


def test_the_sentences_tell_the_figures_of_the_table(wakefield):
    judged, hundred, place, _ = wording.expectations.expectation_sentences("Wakefield", wakefield)
    table, row = wakefield.table, wakefield.inspection
    assert "is good (ILACS standard inspection begun 8 November 2021, report published 5 January 2022)" in judged
    assert f"agency rate {row.agency_rate:.1f}%, turnover rate {row.turnover_rate:.1f}% and average caseload" in judged
    told = [f"{100 * p:.0f} at {name}" for name, p in zip(table.judgement, table.p, strict=True)]
    assert [words for words in told if words not in hundred] == []
    assert f"fitted to {wakefield.n} ILACS inspections of other councils" in hundred
    good = table.loc[2]
    assert f"probability of {good.p:.0%} ({good.p_ci_low:.0%} to {good.p_ci_high:.0%})" in place
    assert f"it or a lower one {good.p_or_lower:.0%} ({good.p_or_lower_ci_low:.0%} to" in place
    assert f"it or a higher one {good.p_or_higher:.0%} ({good.p_or_higher_ci_low:.0%} to" in place


def test_no_sentence_says_what_a_council_should_have_been():
    said = [*wording.expectations.expectation_limits(), wording.expectations.expectation_method("before")]
    for arguments in (*cases.NAMED, *(("Halton", one) for one in cases.CAUTIOUS)):
        said += wording.expectations.expectation_sentences(*arguments)
        said += wording.expectations.expectation_cautions(*arguments)
        said.append(wording.expectations.expectation_headline(arguments[1]))
    for text in said:
        assert not re.search(r"should|deserve|ought|lucky|harsh|lenient|expected to be", text), text


def test_the_readers_table_marks_the_judgement_given(wakefield):
    rows = expectations.shown(wakefield)
    assert rows.Judgement.tolist() == ["Inadequate", "Requires improvement", "Good", "Outstanding"]
    assert rows.Given.tolist() == ["–", "–", "given", "–"]
    assert rows.Probability.tolist() == [f"{p:.0%}" for p in wakefield.table.p]
    last = wakefield.table.iloc[3]
    points = [f"{100 * last[f'difference{end}']:+.0f}" for end in ("", "_ci_low", "_ci_high")]
    assert rows.iloc[3, -2:].tolist() == [points[0], " to ".join(points[1:])]
    assert rows.iloc[2, -2:].tolist() == ["–", "–"]
    staffing = expectations.shown_staffing(wakefield)
    assert staffing["At the linked census"].tolist() == wakefield.inspection[list(THREE)].tolist()


def test_a_table_without_intervals_has_none():
    bare = cases.found(width=np.nan, differences=[(np.nan, np.nan)] * 3)
    assert expectations.shown(bare).filter(like="interval").to_numpy().tolist() == [["–", "–"]] * 4
    assert "(" not in wording.expectations.expectation_sentences("Halton", bare)[2]


@pytest.mark.parametrize("given", JUDGEMENTS)
def test_the_chart_has_the_tables_bars_intervals_and_mark(given):
    table = cases.table(given=given)
    ax = charts.expectations.judgement_probabilities(table)
    (bars,) = [c for c in ax.containers if isinstance(c, BarContainer)]
    assert [bar.get_width() for bar in bars] == pytest.approx((100 * table.p).tolist())
    assert [bar.get_x() for bar in bars] == [0] * 4
    (interval,) = [c for c in ax.containers if not isinstance(c, BarContainer)]
    ends = np.array([segment[:, 0] for segment in interval.lines[2][0].get_segments()])
    assert ends == pytest.approx(100 * table[["p_ci_low", "p_ci_high"]].to_numpy())
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [
        charts.drawing.JUDGEMENT_COLOURS[name].upper() for name in JUDGEMENTS
    ]
    heavy = [bar.get_linewidth() for bar in bars]
    assert heavy.index(max(heavy)) == JUDGEMENTS.index(given)
    words = [text.get_text() for text in ax.texts]
    assert [word.endswith(", given") for word in words] == [name == given for name in JUDGEMENTS]
    assert [word.split("%")[0] for word in words] == ["8", "27", "45", "20"]
    labels = [label.get_text().replace("\n", " ").lower() for label in ax.get_yticklabels()]
    assert labels == list(JUDGEMENTS)
    assert ax.get_xlim()[0] == 0


def test_the_chart_draws_probabilities_without_intervals():
    bare = cases.table(p=(0.002, 0.098, 0.5, 0.4), width=np.nan)
    ax = charts.expectations.judgement_probabilities(bare)
    assert [text.get_text() for text in ax.texts] == ["under 1%", "10%", "50%, given", "40%"]
