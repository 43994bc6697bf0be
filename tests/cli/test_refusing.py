"""A program that reads events gets an event, too, when its run is refused."""

import json
from collections.abc import Mapping

import pytest

from htrkit.cli.refusing import refused_as_event
from htrkit.cli.setting_options import Typed
from htrkit.domain.errors import UsageProblem


def refused(typed: Typed, environment: Mapping[str, str]) -> None:
    with refused_as_event(typed, environment):
        raise UsageProblem("no such engine.", mend="Look at `htrkit engines`.")


@pytest.mark.parametrize(
    ("typed", "environment"),
    [
        (Typed((("progress", "json"),), (), None), {}),
        (Typed((), ("progress=json",), None), {}),
        (Typed((), (), None), {"HTRKIT_PROGRESS": "json"}),
    ],
)
def test_events_that_were_asked_for_tell_of_the_refusal(
    typed: Typed, environment: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        refused(typed, environment)

    said = capsys.readouterr()
    event = json.loads(said.err)
    assert (event["schema"], event["event"], event["what"]) == (1, "Refused", "no such engine.")
    assert ended.value.code == event["exit_code"] == 2
    assert said.out == ""


@pytest.mark.parametrize(
    ("typed", "environment"),
    [
        (Typed((), (), None), {}),
        (Typed((("progress", "plain"),), (), None), {"HTRKIT_PROGRESS": "json"}),
    ],
)
def test_people_are_told_in_words(typed: Typed, environment: Mapping[str, str]) -> None:
    with pytest.raises(UsageProblem):
        refused(typed, environment)
