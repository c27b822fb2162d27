"""Start the RNN Workbench: ``python3 main.py [FILE]`` for the window, ``python3 main.py --help`` for the rest.

Needs nothing but Python 3.11 or newer; what else is needed is set up on the first start. The lines before the
import are read by older Pythons too, so that they can say what is wrong.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (whoever has less shall be told)
    sys.stderr.write(
        "error: this is Python %d.%d, and the RNN Workbench needs 3.11 or newer.\n"  # noqa: UP031
        "Install a newer Python beside it and start with that one, for example: python3.12 main.py\n"
        % sys.version_info[:2]
    )
    sys.exit(2)

try:
    from workbench.launch.start import main
except KeyboardInterrupt:  # before anything has begun
    sys.stderr.write("error: interrupted; nothing was written\n")
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
