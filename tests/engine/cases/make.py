"""Writes the cases in this folder, with PyTorch: ``python -m tests.engine.cases.make``. They were made with 2.13."""

from pathlib import Path

from engine.storage.weights import write_weights
from tests.engine.torch_oracle import SMALL, theirs


def main() -> None:
    """Parameters, batch and PyTorch's results of each case, in one file each."""
    for case in SMALL:
        parameters, batch = case.network().state_dict(), case.batch()
        given = {f"given {name}": value for name, value in parameters.items()}
        given |= {"given inputs": batch.inputs, "given targets": batch.targets}
        write_weights(
            Path(__file__).parent / f"{case.name}.safetensors",
            given | theirs(case, parameters, batch),
            {"torch": "2.13"},
        )


if __name__ == "__main__":
    main()
