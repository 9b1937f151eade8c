"""What one needs to test actors: no sleeping, no mocks, every order reproducible by its seed.

`Alone` runs a behaviour by itself, without a loop. `TestSystem` is the real system with
virtual time, seeded interleavings and probes. A `Fault` crashes a turn or an effect, or kills
the whole system, at a moment of your choice; `at_every_moment` tries all the moments.
"""

from actors.runtime.testing.alone import Alone
from actors.runtime.testing.clock import ManualClock
from actors.runtime.testing.faults import Fault, Moment, at_every_moment
from actors.runtime.testing.system import Probe, TestSystem

__all__ = ["Alone", "Fault", "ManualClock", "Moment", "Probe", "TestSystem", "at_every_moment"]
