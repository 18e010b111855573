"""Which events come before their workflow task, and are refused."""

import pytest

from interpreter.workflow.moments import AheadOfTask, Moments
from tests.workflow.played import Played


def test_an_activation_of_the_same_task_with_nothing_new_is_no_news(played: Played) -> None:
    moments = Moments()
    moments.refuse()
    assert not moments.ahead()


def test_a_task_that_brings_events_has_a_time_or_a_size_of_its_own(played: Played) -> None:
    moments = Moments()
    played.info_.length, played.now = 13, 101.0
    assert not moments.ahead()
    played.info_.length, played.info_.size = 16, 200
    assert not moments.ahead()


def test_events_that_come_without_a_task_are_refused_for_good(played: Played) -> None:
    moments = Moments()
    played.info_.length = 13
    with pytest.raises(AheadOfTask):
        moments.refuse()
    played.info_.length, played.now, played.info_.size = 16, 105.0, 300
    assert moments.ahead(), "what was taken in stays"


def test_events_are_held_against_the_latest_task_and_not_the_first(played: Played) -> None:
    moments = Moments()
    played.info_.length, played.now = 13, 101.0
    moments.refuse()
    played.info_.length = 16
    with pytest.raises(AheadOfTask):
        moments.refuse()


def test_a_history_that_is_shorter_is_not_ahead(played: Played) -> None:
    moments = Moments()
    played.info_.length = 7
    assert not moments.ahead()


def test_a_task_began_when_it_came_and_not_when_local_work_in_it_ended(played: Played) -> None:
    moments = Moments()
    assert moments.began == 100.0
    played.now = 101.5
    moments.ahead()
    assert moments.began == 100.0
    played.info_.length, played.now = 13, 102.0
    moments.ahead()
    assert moments.began == 102.0
