"""What ``uncertain`` takes beside the value: a domain, a unit, a credibility, and a folder of samples."""

from pathlib import Path

import pytest
from scipy import stats

import mcost
from mcost.errors import NotationError
from mcost.law import Law
from mcost.quantity import Quantity
from mcost.uncertain import CREDIBILITY, read, uncertain


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file of samples in it, and one in a folder below."""
    (tmp_path / "below").mkdir()
    for file in (tmp_path / "usage.csv", tmp_path / "below" / "usage.csv"):
        file.write_text("day,calls\n1,10\n2,20\n3,30\n4,40\n", encoding="utf-8")
    return tmp_path


def test_samples_are_read_from_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    for at in (folder, str(folder)):
        found = uncertain({"samples": "usage.csv", "column": "calls"}, folder=at)
        assert found.mean() == 25
        assert uncertain({"samples": "below/usage.csv", "column": "calls"}, folder=at).mean() == 25
    with pytest.raises(NotationError, match="usage"):
        uncertain({"samples": "usage.csv", "column": "calls"})


def test_unsaid_the_folder_is_the_one_that_is_worked_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert uncertain({"samples": "usage.csv", "column": "calls"}).mean() == 25
    with pytest.raises(NotationError):
        uncertain({"samples": "usage.csv", "column": "calls"}, folder=None)
    with pytest.raises(NotationError):
        uncertain({"samples": "../usage.csv", "column": "calls"}, folder=folder / "below")


def test_the_unit_is_the_one_that_text_may_carry() -> None:
    assert uncertain("6 to 18 months", unit="months").median() == uncertain("6 to 18").median()
    for wrong in ("", "hours"):
        with pytest.raises(NotationError):
            uncertain("6 to 18 months", unit=wrong)
    # no unit is no word that text may carry
    for word in ("XXXX", "xxxx"):  # a mutant's word in place of no unit
        with pytest.raises(NotationError):
            uncertain(f"6 to 18 {word}")


def test_the_domain_is_held_to() -> None:
    assert uncertain("-1 to 1", "real").median() == pytest.approx(0, abs=1e-12)
    with pytest.raises(NotationError):
        uncertain("-1 to 1")
    with pytest.raises(NotationError):
        uncertain("1 to 2", "fraction")
    with pytest.raises(NotationError) as raised:
        uncertain(1, "whole")
    assert str(raised.value) == 'found domain "whole"; expected one of real, positive, fraction'


def test_an_interval_holds_what_is_said_of_it() -> None:
    for credibility in (0.5, 0.8, CREDIBILITY):
        found = uncertain("20 to 40", credibility=credibility)
        assert found.cdf(40) - found.cdf(20) == pytest.approx(credibility)
    assert uncertain("20 to 40").interval(CREDIBILITY) == pytest.approx((20, 40))


def test_a_law_is_read_with_all_that_goes_with_it(folder: Path) -> None:
    quantity = Quantity("hours", "positive")
    law = read("6 to 18 hours", quantity, credibility=0.5)
    assert float(law.cdf(18) - law.cdf(6)) == pytest.approx(0.5)
    law = read("6 to 18", quantity)
    assert float(law.cdf(18) - law.cdf(6)) == pytest.approx(0.9)
    samples = {"samples": "usage.csv", "column": "calls"}
    assert read(samples, quantity, folder=folder).mean() == 25
    with pytest.raises(NotationError):
        read(samples, quantity)

    asked: list[object] = []

    def prior(name: object) -> Law:
        asked.append(name)
        return law

    assert read({"prior": "engineering.hours"}, quantity, prior=prior) is law
    assert asked == ["engineering.hours"]
    with pytest.raises(NotationError):
        read({"prior": "engineering.hours"}, quantity)


def test_what_leaves_the_limits_of_the_key_is_refused() -> None:
    with pytest.raises(NotationError):
        read("2 to 4", Quantity("", "positive", below=3))
    with pytest.raises(NotationError):
        read({"dist": "cauchy"}, Quantity("", "real"))  # no mean


def test_the_module_is_called_as_its_function() -> None:
    assert mcost.uncertain("20 to 40").args == uncertain("20 to 40").args
    assert isinstance(mcost.uncertain(3).dist, stats.rv_continuous | stats.rv_discrete)
