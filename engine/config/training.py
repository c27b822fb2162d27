"""Settings of the training."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config.fields import Section, option

_ADAM = ("adam", "adamw", "nadam")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adagrad", *_ADAM)
SCHEDULES = ("constant", "step", "exponential", "cosine", "one_cycle", "plateau")

LOSSES = ("mse", "mae", "huber", "quantile", "cross_entropy", "binary_cross_entropy")


def _for_optimizers(*names: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("optimizer", names),)


def _for_schedules(*names: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("schedule", names),)


@dataclass(frozen=True, slots=True)
class TrainingConfig(Section):
    """How the weights are learned."""

    SECTION = "training"

    optimizer: str = option("adam", "Optimiser", "How a gradient becomes a step of the weights.", choices=OPTIMIZERS)
    learning_rate: float = option(
        1e-3,
        "Learning rate",
        "Length of one step along the gradient; the highest of the run where a schedule changes it.",
        minimum=1e-8,
        maximum=10.0,
        scale="log",
        live=True,
    )
    momentum: float = option(
        0.9, "Momentum", "Share of the last step that is kept.", minimum=0.0, maximum=0.9999,
        needs=_for_optimizers("momentum", "nesterov"),
    )  # fmt: skip
    smoothing: float = option(
        0.99, "Smoothing", "Share of the running mean of squared gradients that is kept.", minimum=0.0, maximum=0.99999,
        advanced=True, needs=_for_optimizers("rmsprop"),
    )  # fmt: skip
    beta1: float = option(
        0.9, "β₁", "Share of the running mean of gradients that is kept.", minimum=0.0, maximum=0.9999,
        advanced=True, needs=_for_optimizers(*_ADAM),
    )  # fmt: skip
    beta2: float = option(
        0.999, "β₂", "Share of the running mean of squared gradients that is kept.", minimum=0.0, maximum=0.999999,
        advanced=True, needs=_for_optimizers(*_ADAM),
    )  # fmt: skip
    epsilon: float = option(
        1e-8, "ε", "Added to the root that divides, so that it is never zero.", minimum=1e-16, maximum=1.0,
        scale="log", advanced=True, needs=_for_optimizers("rmsprop", *_ADAM),
    )  # fmt: skip
    weight_decay: float = option(
        0.0, "Weight decay", "This times the weights is added to the gradient (L2 penalty). 0 switches it off.",
        minimum=0.0, maximum=10.0, scale="log", advanced=True,
        needs=_for_optimizers(*(o for o in OPTIMIZERS if o != "adamw")),
    )  # fmt: skip
    decoupled_weight_decay: float = option(
        0.01, "Weight decay", "Each step shrinks the weights by this times the learning rate. 0 switches it off.",
        minimum=0.0, maximum=10.0, scale="log", needs=_for_optimizers("adamw"),
    )  # fmt: skip
    schedule: str = option("constant", "Schedule", "How the learning rate changes during the run.", choices=SCHEDULES)
    step_epochs: int = option(
        10, "Every", "Epochs after which the rate falls again.", unit="epochs", minimum=1, maximum=1_000_000,
        needs=_for_schedules("step"),
    )  # fmt: skip
    plateau_patience: int = option(
        10, "Patience", "Epochs without a better validation loss before the rate falls.", unit="epochs", minimum=0,
        maximum=1_000_000, needs=_for_schedules("plateau"),
    )  # fmt: skip
    decay_factor: float = option(
        0.1, "Falls to", "The rate is multiplied by this each time it falls.", unit="× the rate", minimum=0.0,
        maximum=1.0, needs=_for_schedules("step", "plateau"),
    )  # fmt: skip
    exponential_factor: float = option(
        0.95, "Each epoch", "The rate is multiplied by this after every epoch.", unit="× the rate", minimum=0.0,
        maximum=1.0, needs=_for_schedules("exponential"),
    )  # fmt: skip
    one_cycle_rise: float = option(
        0.3, "Rise", "Share of the run in which the rate rises; it starts at a 25th of the highest. "
        "The momentum stays as it is set.", minimum=0.01, maximum=0.99, needs=_for_schedules("one_cycle"),
    )  # fmt: skip
    lowest_rate: float = option(
        0.0, "Lowest rate", "The schedule never goes below this rate.", minimum=0.0, maximum=10.0, scale="log",
        advanced=True, needs=_for_schedules("cosine", "plateau"),
    )  # fmt: skip
    warmup_steps: int = option(
        0, "Warm-up", "First steps over which the rate grows from nearly nothing, along a line. 0 switches it off.",
        unit="steps", minimum=0, maximum=10_000_000,
    )  # fmt: skip
    clip_norm: float = option(
        1.0, "Clip gradient norm", "Longest gradient allowed; longer ones are shortened to it. 0 switches it off.",
        minimum=0.0, maximum=1e6, live=True,
    )  # fmt: skip
    clip_value: float = option(
        0.0, "Clip each number", "Largest size of one number of the gradient, cut before the norm. 0 switches it off.",
        minimum=0.0, maximum=1e6, scale="log", live=True, advanced=True,
    )  # fmt: skip
    gradient_noise: float = option(
        0.0,
        "Gradient noise",
        "Variance of the noise added to the first step's gradient; it fades with the steps. 0 switches it off.",
        minimum=0.0,
        maximum=100.0,
        scale="log",
        advanced=True,
    )
    loss: str = option(
        "auto", "Loss", "What is made small. Automatic takes what the data suggests.", choices=("auto", *LOSSES)
    )
    huber_delta: float = option(
        1.0, "Straight from", "Differences beyond this count along a line, not squared; in scaled units.", minimum=1e-6,
        maximum=1e6, scale="log", needs=(("loss", ("huber",)),),
    )  # fmt: skip
    quantiles: tuple[float, ...] = option(
        (0.1, 0.5, 0.9), "Quantiles", "Shares of the truth that are to lie below each answer, with commas between.",
        minimum=0.001, maximum=0.999, needs=(("loss", ("quantile",)),),
    )  # fmt: skip
    class_weights: str = option(
        "none", "Class weights", "Balanced lets rare classes count for as much as frequent ones.",
        choices=("none", "balanced"), advanced=True, needs=(("loss", ("auto", "cross_entropy")),),
    )  # fmt: skip
    batch_size: int = option(
        32, "Batch", "Sequences a step learns from at once.", unit="sequences", minimum=1, maximum=65_536, scale="log"
    )
    teacher_forcing: str = option(
        "always",
        "Teacher forcing",
        "What a decoder hears in training: always what should have come before; or now and then its own answers, by a "
        "share that is constant, or grows in a line or along an inverse sigmoid (scheduled sampling, Bengio et al. "
        "2015).",
        choices=("always", "constant", "linear", "inverse_sigmoid"),
    )
    told_at_end: float = option(
        0.5,
        "Told at the end",
        "Share of steps at which the decoder still hears the truth when a schedule ends; of a constant one, "
        "throughout.",
        minimum=0.0,
        maximum=1.0,
        needs=(("teacher_forcing", ("constant", "linear", "inverse_sigmoid")),),
    )
    truncate_every: int = option(
        0, "Update every", "Truncated BPTT: the weights learn after so many steps of a sequence (k1). 0: at its end.",
        unit="steps", minimum=0, maximum=1_000_000, advanced=True,
    )  # fmt: skip
    truncate_to: int = option(
        0, "Back through", "Truncated BPTT: gradients go back through so many steps (k2). 0: to the beginning.",
        unit="steps", minimum=0, maximum=1_000_000, advanced=True,
    )  # fmt: skip
    memory_check: str = option(
        "auto",
        "Worth of memory",
        "After the last epoch: a feed-forward network of as many parameters is trained on the same windows, and the "
        "network itself is scored with the steps of each sequence shuffled. Automatic leaves the first out where every "
        "step has an answer, since it would take as long as the run.",
        choices=("auto", "always", "never"),
        advanced=True,
    )
    start_weights: str = option(
        "",
        "Start weights",
        "File of weights to begin from: safetensors, ONNX, or NPZ under PyTorch's names; empty begins anew.",
        advanced=True,
    )
    epochs: int = option(50, "Epochs", "Passes over the training part.", minimum=1, maximum=1_000_000)
    seed: int = option(
        0, "Seed", "Same seed, same settings: the same weights to the last bit.", minimum=0, maximum=2**32 - 1
    )
    threads: int = option(
        0,
        "Threads",
        "Processor threads of the engine; 0 takes what the machine has. The result is the same.",
        minimum=0,
        maximum=256,
        advanced=True,
    )
