"""What `python3 main.py` and the installed command do: set up what is missing, then hand over."""

import gc
import os
import subprocess
import sys
from pathlib import Path

from workbench import __version__
from workbench.launch import display, environment, system_libraries
from workbench.launch.environment import Needs
from workbench.launch.errors import LaunchError

COMMANDS = {
    "inspect": "say what is understood of a file",
    "train": "train a network on a file or a sample, without a window",
    "range": "find a learning rate, without a window",
    "race": "compare cells on the same data, seeds and number of parameters",
    "sweep": "try several values of settings, and say which do best",
    "import": "use weights that were trained elsewhere",
    "predict": "forecast, or write text, with a trained network",
    "export": "write the weights for use elsewhere, and see that they say the same there",
    "samples": "list the data sets that come with the workbench",
    "bench": "time training steps beside another library",
}


def main(argv: list[str]) -> int:
    """Run from a checkout: makes sure of the environment first, and goes on in its interpreter."""
    code = Path(__file__).resolve().parents[2]
    return _guarded("python3 main.py", argv, code)


def installed() -> int:
    """Run as the installed command, whose requirements pip has seen to."""
    return _guarded("rnn-workbench", sys.argv[1:], None)


def continue_in(needs: Needs, arguments: list[str]) -> int | None:
    """Go on with `arguments` in an interpreter that has what is needed; None when that is the one which runs.

    Raises:
        LaunchError: there is none and none can be made.
    """
    try:
        python = environment.interpreter(needs)
    except KeyboardInterrupt:
        raise LaunchError("interrupted; what was half made is made anew at the next start.", 130) from None
    if python == Path(sys.executable):
        return None
    command = [str(python), *arguments]
    if sys.platform == "win32":  # there, execv returns to the shell at once
        return subprocess.run(command).returncode
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], command)


def _guarded(program: str, argv: list[str], code: Path | None) -> int:
    try:
        if argv[:1] in (["--help"], ["-h"]):
            print(_help(program), flush=True)
            return 0
        if argv[:1] in (["--version"], ["-V"]):
            print(f"RNN Workbench {__version__}", flush=True)
            return 0
        return _start(program, argv, code)
    except LaunchError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:  # while packages are still being read
        print("error: interrupted; nothing was written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read has gone, and Python would complain once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _start(program: str, argv: list[str], code: Path | None) -> int:
    """What can be refused at once comes first, before minutes of set-up."""
    headless = argv[:1] != [] and argv[0] in COMMANDS
    if not headless:
        _refuse_unknown(program, argv)
        display.chosen_platform(os.environ, f"{program} train --help")
    if code is not None and (status := continue_in(_needs(code), [str(code / "main.py"), *argv])) is not None:
        return status
    if headless:
        from engine.cli import main as run_command

        return run_command(argv, program)
    _prepare_screen(program)
    make_ready()
    from workbench.app import main as open_window

    return open_window(argv)


def make_ready() -> None:
    """What has to be done before the window is imported, by whoever opens it."""
    leave_cores_to_the_run()
    gc.disable()  # nothing of what is imported is garbage; the window collects when it has time
    from workbench.qt_imports import import_plot_libraries

    import_plot_libraries()


def leave_cores_to_the_run() -> None:
    """Have NumPy do its products in one thread; before NumPy is imported, and unless somebody chose otherwise.

    Those of the window are small, and what further threads wait for, they wait for busily, on the cores that train. The
    engine's process takes it over: its kernels have threads of their own, NumPy fits baselines beside them.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _needs(code: Path) -> Needs:
    """All that the window offers, exports to ONNX included."""
    return Needs(code, extra="onnx")


def _refuse_unknown(program: str, argv: list[str]) -> None:
    for word in argv:
        if os.path.exists(word):  # a Path would raise where a name is too long, or a folder not allowed
            continue
        if word.startswith("-"):
            raise LaunchError(f"there is no option {word} without a command; see {program} --help", 2)
        import difflib

        near = difflib.get_close_matches(word, COMMANDS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Commands are {', '.join(COMMANDS)}."
        raise LaunchError(f"{word!r} is neither a file nor a command. {hint} See {program} --help", 2)
    if len(argv) > 1:
        raise LaunchError(f"one file or project at a time, not {len(argv)}; several sequences go into a folder", 2)


def _prepare_screen(program: str) -> None:
    headless = f"{program} train --help"
    platform = display.chosen_platform(os.environ, headless)
    system_libraries.require(platform)
    display.require_answer(platform, os.environ, headless)
    if platform:
        os.environ.setdefault("QT_QPA_PLATFORM", platform)


def _help(program: str) -> str:
    lines = [f"  {name:10}{text}" for name, text in COMMANDS.items()]
    return "\n".join(
        [
            f"usage: {program} [FILE]            open the window, with a data file or a project if one is named",
            f"       {program} COMMAND …         the same work without a window",
            "",
            "commands:",
            *lines,
            "",
            f"{program} COMMAND --help tells what each one takes.",
            "  --help    this text",
            "  --version the version",
            "",
            "status: 0 done, 2 what you can mend, said in one line, 1 anything else, with a log,",
            "        130 after Ctrl+C, 143 after a signal to end",
        ]
    )
