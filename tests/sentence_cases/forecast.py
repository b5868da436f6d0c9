"""Sentences about forecasts of the next judgement, from invented trials."""

import pandas as pd

from workforce_ratings.models import forecast, next_judgement

NAN = float("nan")
CUT = pd.Timestamp("2022-01-01")


def skill(both=(-0.02, -0.005), workforce=(-0.01, 0.02), base=(-0.06, -0.03), without=()):
    """forecast.skill's rows with these intervals: of the fullest model and of the workforce against the previous
    judgement, and of every model against base rates."""
    against = dict.fromkeys(forecast.MODELS, (-0.005, 0.01)) | {"workforce": workforce, "workforce_and_previous": both}
    against["previous_judgement"] = (0.0, 0.0)
    rows = []
    for model, (low, high) in against.items():
        row = {"judgement": "overall", "model": model, "n_train": 112, "n_test": 144, "rps": 0.13, "log_loss": 1.1}
        row |= {"accuracy": 0.5, "rps_difference": (low + high) / 2, "ci_low": low, "ci_high": high}
        ends = (0.0, 0.0) if model == "base_rates" else base
        row |= {"base_difference": sum(ends) / 2, "base_ci_low": ends[0], "base_ci_high": ends[1]}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=forecast.SKILL_COLUMNS)
    return frame[~frame.model.isin(without)].reset_index(drop=True)


NONE = skill().iloc[:0]
EVERY = [(skill(both=ends),) for ends in ((-0.02, -0.005), (0.005, 0.02), (-0.01, 0.01))]
SKILLS = [*EVERY, (skill(workforce=(0.01, 0.03)),), (skill(workforce=(-0.03, -0.01)),), (skill(without=["workforce"]),)]


def checks(**intervals):
    parts = [
        skill(**intervals).assign(check=check, judgement=judgement)
        for check, judgement in (
            ("reports_known", "overall"),
            ("census_published", "overall"),
            ("other_judgement", "leaders"),
        )
    ]
    return pd.concat(parts, ignore_index=True)


def levels(*fifths, model="workforce"):
    """forecast.calibration's rows from (n, forecast, share, low, high) of each fifth of the scale."""
    frame = pd.DataFrame(fifths, columns=["n", "forecast", "share", "ci_low", "ci_high"])
    return frame.assign(
        model=model, low=[0.2 * i for i in range(len(frame))], high=[0.2 * i + 0.2 for i in range(len(frame))]
    )


AGREEING = levels((0, NAN, NAN, NAN, NAN), (22, 0.3, 0.36, 0.2, 0.57), (3, 0.5, 1.0, 0.6, 1.0))
DIFFERING = levels((22, 0.3, 0.6, 0.4, 0.8), (40, 0.5, 0.55, 0.4, 0.7), model="workforce_and_previous")


def council(**changes):
    """A row of forecasts.csv: Halton's, nothing named."""
    row = {"council_code": "E06000006", "council": "Halton", "judgement": "overall", "model": "workforce_and_previous"}
    row |= {"previous_start": pd.Timestamp("2024-05-13"), "previous_published": "2024-07-15"}
    row |= {"census": 2025, "previous": "inadequate", "likeliest": "good", "named": None}
    row |= dict(zip(next_judgement.SHARES, (0.05, 0.25, 0.5, 0.2), strict=True))
    row |= {"p_good_or_outstanding": 0.7, "ci_low": 0.62, "ci_high": 0.78, "refusal": next_judgement.NOT_ABOVE_HALF}
    return row | {"likeliest_ci_low": 0.44, "likeliest_ci_high": 0.58} | changes


NAMED = {"named": "good", "refusal": "", "likeliest_ci_low": 0.51}
BLANK = {"p_good_or_outstanding": NAN, "ci_low": NAN, "refusal": next_judgement.NO_CENSUS, "census": pd.NA}
SAME = {"judgement": "overall"}


def councils(*changes):
    return pd.DataFrame([council(**one) for one in changes])


def inspections(n=40):
    return pd.DataFrame({"inspection_start": [CUT] * n, "return_unit": [f"U{i}" for i in range(n)]})


def counts(**changes):
    row = {"train": 112, "test": 144, "late_reports": 6, "late_censuses": 11, "ahead": 65, "revised": 22}
    return row | changes


def tried(named, came, low=NAN, high=NAN, refusal=next_judgement.TOO_FEW_NAMED):
    """A row of next_judgement.rule_tried."""
    row = ("overall", next_judgement.MODEL, 112, 144, named, came, low, high, refusal)
    return pd.DataFrame([row], columns=[*next_judgement.TRIED_COLUMNS, "refusal"])


LARGE = {"forecast": 0.62, "share": 0.66, "ci_low": 0.58, "ci_high": 0.73, "n": 144}
TRIED = [
    skill(base=ends).query("model == 'workforce_and_previous'").iloc[0].to_dict()
    for ends in ((-0.06, -0.03), (-0.01, 0.01), (0.01, 0.02))
]
CASES = {
    "skill_headline": [*SKILLS, (NONE,), (skill(without=["workforce_and_previous"]),)],
    "skill_basis": [
        (inspections(), inspections(), "overall", CUT),
        (inspections(), inspections(0), "in_care", CUT),
    ],
    "skill_against": [*SKILLS, (NONE,), (skill(base=(-0.01, 0.01)),), (skill(base=(0.01, 0.02)),)],
    "skill_title": [*SKILLS, (NONE,)],
    "subtitle_skill": [(skill(), "overall"), (NONE, "leaders")],
    "alt_skill": SKILLS,
    "caption_skill": [("overall",)],
    "forecast_caveats": [
        (counts(), CUT),
        (counts(late_reports=0, late_censuses=0, ahead=1, revised=0), CUT),
        (counts(test=0), CUT),
    ],
    "check_sentences": [(checks(both=ends),) for ends in ((-0.02, -0.005), (0.005, 0.02), (-0.01, 0.01))],
    "calibration_title": [(AGREEING,), (DIFFERING,)],
    "subtitle_calibration": [(AGREEING, "overall")],
    "alt_calibration": [(AGREEING,), (DIFFERING,)],
    "caption_calibration": [(AGREEING,), (DIFFERING,)],
    "calibration_sentence": [(LARGE,), (LARGE | {"forecast": 0.5},), ({},)],
    "naming_rule": [()],
    "overall_ended": [("2026-03-31",), ("2026-04-01",)],
    "naming_tried": [
        (tried(0, 0),),
        (tried(4, 3, 0.3, 0.95),),
        (tried(20, 9, 0.26, 0.66, next_judgement.TOO_FEW_CAME),),
        (tried(20, 17, 0.64, 0.95, ""),),
        (tried(0, 0).iloc[:0],),
    ],
    "naming_summary": [
        (councils(NAMED, SAME, BLANK), "overall"),
        (councils(SAME), "overall"),
        (councils(NAMED), "overall"),
    ],
    "next_title": [(councils({"previous": "good"}, SAME), "overall"), (councils(SAME), "overall")],
    "subtitle_next": [(councils(SAME), "overall")],
    "alt_next": [(councils(SAME, BLANK), "overall")],
    "caption_next": [("in_care",)],
    "caption_forecasts": [("in_care",)],
    "council_forecast": [
        *(("Halton", council(**changes), tried) for changes in (NAMED, SAME, BLANK) for tried in TRIED),
        ("Halton", council(ci_low=NAN, ci_high=NAN), TRIED[0]),
        ("Halton", council(named=NAN), TRIED[0]),
        ("Halton", council(**NAMED), None),
    ],
}
SENTENCES = (
    *("skill_headline", "skill_basis", "skill_against", "alt_skill", "forecast_caveats", "check_sentences"),
    *(
        "alt_calibration",
        "calibration_sentence",
        "naming_rule",
        "overall_ended",
        "naming_tried",
        "naming_summary",
        "alt_next",
    ),
    "council_forecast",
)
