"""What the launcher raises when it cannot go on."""


class LaunchError(Exception):
    """Says what happened, what it means and what to do; `status` is the exit status of the program.

    Status 2 is for what the user can mend at once, 1 for what they cannot, 130 stands for Ctrl-C.
    """

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status
