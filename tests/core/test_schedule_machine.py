"""No order of events makes the schedule break a rule; the rules are in `tests.fakes.supervised` and `fake_servers`."""

from hypothesis import settings

from tests.fakes.schedule_machine import ScheduleMachine
from tests.fakes.served_machine import ServedMachine

TestSchedule = ScheduleMachine.TestCase
TestSchedule.settings = settings(max_examples=200, stateful_step_count=40)

TestScheduleWithServers = ServedMachine.TestCase
TestScheduleWithServers.settings = settings(max_examples=300, stateful_step_count=50)
