"""The README's answer is what the figures say today."""

from workforce_ratings import answer, paths


def test_readme_holds_the_answer_that_the_figures_give():
    text = (paths.PROJECT / "README.md").read_text(encoding="utf-8")
    assert answer.between_marks(text) == answer.block()


def test_answer_names_numbers_of_inspections_and_intervals():
    told = answer.sentences()
    assert "more of the social workers came from agencies" in told[0]
    assert "n = 265 inspections" in told[1]
    assert all("95% interval" in sentence for sentence in told[2:5])
