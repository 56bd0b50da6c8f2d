"""What figures say: findings from the numbers, right at 0 and at 100 %, for one strategy and for twelve."""

import pytest
from figure_answers import CASES, answer_of, ground_of

import mcost
from mcost.acceptability import acceptability
from mcost.errors import McostError
from mcost.estimate import Chance
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground
from mcost.report.amounts import amount, axis_amounts
from mcost.report.frequency import in_how_many


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0, "in none of 65,536 futures"),
        (1.0, "in all 65,536 futures"),
        (0.001, "in fewer than 1 future in 200"),
        (0.03, "in about 1 future in 30"),
        (0.25, "in about 1 future in 4"),
        (0.33, "in about 1 future in 3"),
        (0.4, "in about 2 futures in 5"),
        (0.47, "in just under half of all futures"),
        (0.5, "in about half of all futures"),
        (0.53, "in just over half of all futures"),
        (0.66, "in about 2 futures in 3"),
        (0.83, "in about 5 futures in 6"),
        (0.9, "in about 9 futures in 10"),
        (0.95, "in all but about 1 future in 20"),
        (0.999, "in more than 199 futures in 200"),
    ],
)
def test_a_chance_in_futures(p: float, said: str) -> None:
    assert in_how_many(Chance(p, 0.002, 65_536)) == said


def test_a_fraction_is_near_what_it_stands_for() -> None:
    for i in range(100, 901):
        said = in_how_many(Chance(i / 1000, 0.0, 1000))
        if "half" not in said and "all but" not in said:
            part, whole = said.split()[2], said.split()[-1]
            assert abs(int(part) / int(whole) - i / 1000) <= 0.026, said


@pytest.mark.parametrize(
    ("usd", "error", "short", "spoken"),
    [
        (0.0, 0.0, "$0", "$0"),
        (-5550.4, 0.0, "−$5,550", "−$5,550"),
        (37_912.3, 0.0, "$37,900", "$37,900"),
        (37_912.3, 600.0, "$38,000", "$38,000"),
        (0.0034, 0.0, "$0.0034", "$0.0034"),
        (0.806, 0.1, "$0.8", "$0.8"),
        (-0.02, 3.0, "$0", "$0"),
        (999_700.0, 0.0, "$1M", "$1 million"),
        (1_234_567.0, 0.0, "$1.23M", "$1.23 million"),
        (1_234_567.0, 60_000.0, "$1.2M", "$1.2 million"),
        (-3.2e9, 0.0, "−$3.2bn", "−$3.2 billion"),
        (2.51e13, 0.0, "$25.1tn", "$25.1 trillion"),
    ],
)
def test_money_to_three_digits(usd: float, error: float, short: str, spoken: str) -> None:
    assert amount(usd, error) == short
    assert amount(usd, error, spoken=True) == spoken


def test_an_axis_has_one_scale() -> None:
    assert axis_amounts([-10_000.0, 0.0, 10_000.0]) == ["−$10k", "$0", "$10k"]
    assert axis_amounts([0.0, 2e6, 2.5e6], "EUR") == ["EUR 0", "EUR 2M", "EUR 2.5M"]
    assert axis_amounts([0.0, 4000.0]) == ["$0", "$4,000"]


TITLES = {
    ("dotplot", "never pays"): "Fine tune pays off in none of 2,048 futures",
    ("dotplot", "always pays"): "Fine tune pays off in all 2,048 futures",
    ("dotplot", "one strategy"): "Only prompt is given: there is no rival to hold it against",
    ("dotplot", "certain"): "Fine tune saves $4,500 over 600 months",
    ("break_even", "never pays"): "Fine tune does not break even within 24 months in any of 2,048 futures",
    ("break_even", "always pays"): "Fine tune breaks even in month 1 in all 2,048 futures",
    ("break_even", "certain"): "Fine tune breaks even in month 225",
    ("acceptability", "one strategy"): "Only prompt is given: there is nothing to choose",
    ("tornado", "always pays"): (
        "No input or event by itself moves the chance: fine tune pays off in all 2,048 futures"
    ),
    ("tornado", "certain"): "Nothing is uncertain here, so nothing drives the answer",
    ("evppi", "always pays"): "No input is worth finding out first: it would not change the choice",
    ("decision_map", "never pays"): "Nowhere on this map does fine tune pay off in half of all futures",
    ("decision_map", "always pays"): "Fine tune pays off more often than not anywhere on this map",
    ("cost_by_month", "one strategy"): "75 % of what prompt costs goes to engineering",
}


@pytest.mark.parametrize(("name", "case"), TITLES)
def test_titles_are_findings(name: str, case: str) -> None:
    assert GALLERY[name].said(ground_of(case)).title == TITLES[name, case]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", GALLERY)
def test_every_caption_is_whole(name: str, case: str) -> None:
    said = GALLERY[name].said(ground_of(case))
    for text in (said.title, said.subtitle, said.alt, said.sentence):
        assert text
        assert "  " not in text
        assert "nan" not in text
        assert "None" not in text
        assert "_" not in text
    assert not said.title.endswith(".")
    if GALLERY[name].nothing(ground_of(case)) is None:
        assert said.sentence.endswith(".")
        assert said.alt.endswith(".")


def test_an_analysis_may_be_given_in_place_of_an_answer() -> None:
    answer = answer_of("three strategies")
    why = mcost.why(answer)
    assert texts(mcost.figures.tornado(why)) == texts(mcost.figures.tornado(answer))
    assert texts(mcost.figures.evppi(why)) == texts(mcost.figures.evppi(answer))
    found = mcost.decision_map(CASES["three strategies"], draws=300, size=5, seed=3)
    assert "512 draws · seed 3" in texts(mcost.figures.decision_map(found))[-1]
    volume = acceptability(answer, "workload.calls_per_month")
    assert "highest calls per month" in " ".join(texts(mcost.figures.acceptability(answer, curves=volume)))


def texts(figure: object) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_two_draws_are_enough_for_all_but_what_drives_the_answer() -> None:
    ground = Ground.of(mcost.run(CASES["three strategies"], draws=2))
    left_out = {name for name, picture in GALLERY.items() if picture.nothing(ground)}
    assert left_out == {"tornado", "evppi"}
    assert all(picture.figure(ground) for picture in GALLERY.values())


def test_a_candidate_or_size_that_is_none_is_told() -> None:
    answer = answer_of("three strategies")
    with pytest.raises(McostError, match=r"no such candidate; did you mean cached\?"):
        mcost.figures.fan(answer, "cache")
    with pytest.raises(McostError, match=r'for_: found "slides"; expected document or slide'):
        mcost.figures.fan(answer, for_="slides")
    assert "Cached" in texts(mcost.figures.dotplot(answer, "cached"))[0]
