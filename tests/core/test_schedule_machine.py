"""No order of events makes the schedule break a rule; the rules are in `tests.fakes.supervised`."""

from hypothesis import settings

from tests.fakes.schedule_machine import ScheduleMachine

TestSchedule = ScheduleMachine.TestCase
TestSchedule.settings = settings(max_examples=300, stateful_step_count=40)
