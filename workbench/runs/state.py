"""Where a run can be, what a person can ask of it there, and why not."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """Where the run at hand is."""

    READY = "ready"
    TRAINING = "training"
    PAUSED = "paused"
    ENDING = "ending"  # asked to stop or finish, the last batch is under way
    FINISHED = "finished"
    FAILED = "failed"


class Command(Enum):
    """What a person can ask of a session."""

    RUN = "run"  # start, pause or go on
    STEP = "step"
    IMPORT = "import"  # judge and keep the weights to begin from, as a run of their own
    STOP = "stop"
    FINISH = "finish"
    RESET = "reset"


ALIVE = (State.TRAINING, State.PAUSED, State.ENDING)
LOCKED = "A run is under way. Stop or reset it first."
_NO_RUN = "No run is under way."
_WHY_NOT: dict[tuple[Command, State], str] = {
    (Command.RUN, State.ENDING): "The run is coming to its end.",
    (Command.STEP, State.ENDING): "The run is coming to its end.",
    (Command.FINISH, State.ENDING): "The run is coming to its end.",
    **{
        (command, state): _NO_RUN for command in (Command.STOP, Command.FINISH) for state in State if state not in ALIVE
    },
    (Command.RESET, State.READY): "Nothing has been trained yet.",
}


def why_not(command: Command, state: State) -> str:
    """Why `command` cannot be given in `state`; empty when it can."""
    return _WHY_NOT.get((command, state), "")
