"""The data file of terms: all of it compiles and is used, a term is as general as it says, and what is missing is told."""

import re

import pytest

from workforce_ratings import councils, paths
from workforce_ratings.texts import counts, lexicon
from workforce_ratings.texts.lexicon import (
    begins,
    ends,
    find,
    finds,
    grammar,
    holds,
    is_all,
    lowered,
    section,
    unhedged,
)


def listed(node: dict, prefix: str = "") -> dict[str, object]:
    """Every section that is a list of terms or of values, by its dotted name."""
    found = {}
    for name, value in node.items():
        is_group = isinstance(value, dict) and all(isinstance(v, str | dict) for v in value.values())
        found |= listed(value, f"{prefix}{name}.") if is_group else {f"{prefix}{name}": value}
    return found


SECTIONS = listed(lexicon.terms())
WORDS = [name for name, value in SECTIONS.items() if isinstance(value, str)]
CODE = "\n".join(p.read_text(encoding="utf-8") for p in sorted((paths.PROJECT / "src").rglob("*.py")))
NAMED = CODE + paths.TERMS.read_text(encoding="utf-8")


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WORDS)
def test_every_section_compiles_and_none_of_its_terms_is_nothing(name):
    if name.startswith("counts."):
        assert all(p.groups and not p.fullmatch("") for p in counts._patterns(name.removeprefix("counts.")))
        return
    assert lexicon.pattern(name).fullmatch("") is None
    assert all(term == term.strip() and term for term in section(name))


@pytest.mark.parametrize("name", [name for name in WORDS if not name.startswith("counts.")])
def test_every_plain_term_is_found_with_spaces_hyphens_and_line_ends(name):
    plain = [term for term in section(name) if re.fullmatch(r"[A-Za-z' ]+", term)]
    for term in plain:
        for space in (" ", "-", "\n"):
            assert is_all(name, term.replace(" ", space).replace("'", "’").upper()), term


def is_read(name: str) -> bool:
    """Whether the code or another term names a section, or the code names its group and takes it from there."""
    group, _, own = name.rpartition(".")
    if re.search(rf"[\"'{{]{re.escape(name)}[\"'}}]", NAMED) or f'section("{group}")' in CODE:
        return True
    return f"{group}.{{" in CODE and any(f'"{word}"' in CODE for word in (own, own.replace("_", " ")))


def test_every_section_is_used():
    assert [name for name in SECTIONS if not is_read(name)] == []
    assert not is_read("numbers.of_wishes")
    assert not is_read("judgements.of_wishes")


def test_every_indicator_with_patterns_has_a_unit():
    assert set(section("counts")) <= set(counts.UNITS)


def test_no_term_of_the_grammar_names_a_council():
    names = [s for s in councils.spellings().spelling if re.fullmatch(r"[^\d/]+", s)]
    council = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    assert council.search("as in Wakefield")
    # “places” keeps council names that are common words too, and wider areas named like one.
    for name in (name for name in WORDS if not name.startswith("places.")):
        assert not [term for term in section(name) if council.search(term)], name


@pytest.fixture
def terms_file(tmp_path, monkeypatch):
    """Puts another data file in the place of the real one: terms_file(text), or None for none at all."""

    def put(text: str | None):
        path = tmp_path / "terms.yml"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        monkeypatch.setattr(paths, "TERMS", path)
        lexicon.terms.cache_clear()

    yield put
    lexicon.terms.cache_clear()


def test_a_missing_file_is_told_in_one_sentence(terms_file, fault_of):
    terms_file(None)
    message = fault_of(lexicon.terms)
    assert "terms.yml cannot be read" in message
    assert "put the file back" in message


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\tx", "\x00"])
def test_a_damaged_file_is_told_in_one_sentence(terms_file, fault_of, text):
    terms_file(text)
    assert "terms.yml cannot be read" in fault_of(lexicon.terms)


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n"])
def test_a_file_without_sections_is_told_in_one_sentence(terms_file, fault_of, text):
    terms_file(text)
    assert "holds no sections of terms" in fault_of(lexicon.terms)


@pytest.mark.parametrize("name", ["nothing", "numbers.nothing", "nothing.ones"])
def test_a_missing_section_is_told_by_its_name(fault_of, name):
    assert f"there is no section “{name}”" in fault_of(section, name)


def test_a_section_of_another_file_is_what_that_file_says(terms_file):
    terms_file("beasts:\n  small: |\n    mouse / rat\n    vole\n")
    assert section("beasts.small") == ("mouse", "rat", "vole")


# --- terms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["children's home", "children’s home", "children's-home", "children’s\nhome"])
def test_a_space_is_any_space_or_hyphen_and_an_apostrophe_either_shape(text):
    assert re.fullmatch(lexicon.source("Children's home"), text)


def test_a_section_named_in_a_term_is_written_out():
    assert re.fullmatch(lexicon.source("in {periods.months}"), "in september")
    assert grammar(r"{numbers.few} of {share_of.them}").search("two of those")


def test_an_escape_or_a_set_keeps_its_letters():
    assert lexicon.source(r"\W[^A-C]x{0,3}") == r"\W[^A-C]x{0,3}"


@pytest.mark.parametrize(
    ("text", "is_there"),
    [("Too many AGENCY staff", True), ("an agency-led team", True), ("subagency staff", False), ("temper", False)],
)
def test_a_term_stands_between_the_edges_of_words(text, is_there):
    assert holds("shares.agency_rate", text) is is_there


def test_the_longest_term_is_found_first():
    assert find("workforce", "of the social work posts")[0] == "social work posts"
    assert find("numbers.word", "twenty five")[0] == "twenty five"


# --- verbs -----------------------------------------------------------------------------------------------------------


def test_terms_are_found_within_a_part_of_a_text():
    text = "Agency staff and temps and agency staff"
    assert [m.start() for m in finds("shares.agency_rate", text)] == [0, 17, 27]
    assert [m.start() for m in finds("shares.agency_rate", text, 10, 26)] == [17]
    assert find("shares.agency_rate", text, 18, 26) is None


@pytest.mark.parametrize(
    ("text", "begun"), [("of them said", True), ("’ of them said", True), ("- of them", True), ("most of them", False)]
)
def test_a_text_begins_with_a_term_but_for_closing_marks(text, begun):
    assert (begins("share_of.of_them", text) is not None) is begun


@pytest.mark.parametrize(
    ("text", "words", "ended"),
    [
        ("the annual", 0, True),
        ("the annual ‘", 0, True),
        ("the annual big ", 0, False),
        ("the annual big ", 1, True),
        ("the annual very big ", 1, False),
    ],
)
def test_a_text_ends_with_a_term_but_for_opening_marks_and_some_words(text, words, ended):
    assert (ends("other_senses.before.turnover_rate", text, words) is not None) is ended


@pytest.mark.parametrize(("text", "whole"), [(" Nationwide ", True), ("nationwide now", False), ("", False)])
def test_a_text_is_one_term_and_nothing_else(text, whole):
    assert is_all("places.adverb", text) is whole


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("rose to just over ", "rose to "),
        ("rose to ‘about’ ", "rose to ‘about’ "),
        ("rose to about ‘", "rose to "),
        ("rose over time to ", "rose over time to "),
    ],
)
def test_the_hedges_that_a_text_ends_with_are_taken_off(text, rest):
    assert unhedged("hedges.number", text) == rest


@pytest.mark.parametrize("text", ["ABC", "İstanbul AGENCY", "STRASSE ß ẞ", ""])
def test_a_text_in_lower_case_keeps_every_place(text):
    assert len(lowered(text)) == len(text)


def test_a_letter_that_grows_in_lower_case_moves_no_term():
    text = "In İZMİR the AGENCY is used."
    assert text[slice(*find("shares.agency_rate", text).span())] == "AGENCY"
