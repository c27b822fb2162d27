"""The door to the engine. What takes long to import is imported on first use, which is never in the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config import Experiment
from engine.control import Control
from engine.events import Event
from engine.storage.contest_file import Membership
from workbench.doors import model_use
from workbench.doors.answers import Asked, Exported, ExportForm, Facts, ForeignWeights, Loaded, Usable, Used
from workbench.doors.data_reader import DataReader
from workbench.doors.engine_process import EngineProcess

if TYPE_CHECKING:
    from engine.data import Dataset
    from engine.past_runs import PastRun
    from engine.rate_search import RateCurve, Tried
    from engine.resuming import WayOn


class Backend:
    """The engine's public names, each where the window needs it. Methods may take long unless they say otherwise."""

    def __init__(self, data: DataReader | None = None) -> None:
        """`data` reads files and samples."""
        self._engine, self.data = EngineProcess(), data or DataReader()

    def start(self) -> None:
        """Let the engine's process begin to get ready. Quick."""
        self._engine.start()

    def close(self, seconds: float) -> bool:
        """End the engine's process; True when it ended by itself within so long."""
        return self._engine.close(seconds)

    def facts(self) -> Facts:
        """What the engine offers."""
        import engine.networks  # noqa: F401 (for `parameter_count`, which the window's thread asks for)
        from engine.cells import specifications
        from engine.data import samples
        from engine.lessons import lessons

        return Facts(specifications(), samples(), lessons())

    def warm_up(self, experiment: Experiment, tell: Callable[[Event], None]) -> None:
        """Have the engine read the data and compile the kernels that the model needs, or take them from the cache.

        `tell` hears how far that is.
        """
        self._engine.prepare(experiment, tell)

    def parameter_count(self, experiment: Experiment, dataset: Dataset) -> int:
        """Trainable numbers of a model on this data. Quick once `facts` has been asked."""
        from engine.losses import configured
        from engine.networks import parameter_count

        return parameter_count(experiment.model, dataset, configured(experiment.training).width)

    def unrolled_count(self, experiment: Experiment, dataset: Dataset) -> tuple[int, int]:
        """Time steps of a sequence, and the parameters if none of them shared its weights; (0, 0) where none do."""
        from engine.losses import configured
        from engine.networks import unrolled_count

        steps = len(dataset.pinned().inputs)
        if steps < 2 or experiment.model.cell == "feedforward":
            return 0, 0
        count = unrolled_count(experiment.model, dataset, steps, configured(experiment.training).width)
        return (steps, count) if count else (0, 0)

    def fitting_losses(self, dataset: Dataset) -> tuple[str, ...]:
        """The losses that fit what the data is answered by. Quick once `facts` has been asked."""
        from engine.losses import FITTING

        return FITTING[dataset.loss][0]

    def rates(self, experiment: Experiment, steps_per_epoch: int, points: int = 200) -> tuple[float, ...]:
        """The learning rate at so many places of a run, as far as the settings alone decide it. Quick."""
        from engine.schedules import Schedule

        schedule, steps = Schedule(experiment.training, steps_per_epoch), steps_per_epoch * experiment.training.epochs
        places = {round(k * (steps - 1) / (points - 1)) for k in range(points)}
        return tuple(schedule.rate(step) for step in sorted(places))

    def find_rate(
        self, experiment: Experiment, dataset: Dataset, tell: Callable[[Tried], None], stopped: Callable[[], bool]
    ) -> RateCurve:
        """The learning-rate range test; `tell` hears of every step, and it ends early once `stopped` says so.

        Raises:
            ValueError: settings that do not fit the data; the text says why.
        """
        from engine.rate_search import STEPS, curve, try_rates

        tried = []
        for each in try_rates(experiment, dataset):
            tried.append(each)
            tell(each)
            if stopped():
                return curve(tried, stopped=len(tried) < STEPS)
        return curve(tried)

    def threads(self, experiment: Experiment) -> int:
        """How many threads a run of `experiment` may use. Quick."""
        from engine.layers.threads import Workers

        return Workers(experiment.training.threads).count

    def run(
        self, experiment: Experiment, control: Control, folder: Path | None, of: Membership | None = None
    ) -> Iterable[Event]:
        """A training run in the engine's process, to be iterated in a thread of its own; `of` a race or a sweep."""
        return self._engine.run(experiment, control, folder, of=of)

    def run_imported(self, experiment: Experiment, control: Control, folder: Path | None) -> Iterable[Event]:
        """A run of the weights that `experiment` begins from, likewise: they are judged and kept, not trained."""
        return self._engine.run(experiment, control, folder, trains=False)

    def resume(
        self, folder: Path, control: Control, changes: Mapping[str, Any], changed_data: bool = False
    ) -> Iterable[Event]:
        """A run that goes on where the one in `folder` stood, likewise; `changes` are of settings that may change.

        Raises, when it is iterated:
            RunFolderError: it cannot go on; the text says why and what to do.
        """
        return self._engine.resume(folder, control, changes, changed_data)

    def way_on(self, folder: Path, changes: Mapping[str, Any]) -> WayOn:
        """Whether the run in `folder` can go on with these changes, and what has to be agreed to before."""
        from engine import resuming

        return resuming.way_on(folder, changes)

    def import_weights(self, path: Path) -> ForeignWeights:
        """What a file of weights from elsewhere asks for.

        Raises:
            OSError: the file cannot be read.
            ValueError: it holds no network that the engine has.
        """
        from engine.importing import read_foreign

        found = read_foreign(path)
        settings = {**found.settings, "training.start_weights": str(path.absolute())}
        return ForeignWeights(settings, found.notes, dict(found.series), "readout.weight" in found.weights, found)

    def fit(self, found: ForeignWeights, experiment: Experiment, loaded: Loaded) -> None:
        """See that weights from elsewhere fit the network that `experiment` makes on its data, without making it.

        `loaded` is data that was read before: it is read again only where `experiment` wants it otherwise.

        Raises:
            ValueError: they do not, or this data cannot be used so; the text says why and what to do.
        """
        from engine.data import load
        from engine.losses import configured
        from engine.networks import parameter_shapes

        own, model = loaded.experiment, experiment.model
        same = experiment.data == own.data and model.topology == own.model.topology
        dataset = loaded.dataset if same else load(experiment)
        found.weights.fitted(parameter_shapes(model, dataset, configured(experiment.training).width))

    def export_forms(self, run_folder: Path) -> tuple[ExportForm, ...]:
        """What a run's best weights can be exported to, and what they cannot.

        Raises:
            ValueError: the run holds no usable weights.
        """
        from engine.export.particulars import exportable
        from engine.export.targets import targets

        model = exportable(run_folder).model
        fits = ((form, form.fit_for(model)) for form in targets())
        return tuple(
            ExportForm(f.key, f.title, f.suffix, f.summary, fit.possible, fit.text, f.beside) for f, fit in fits
        )

    def export(self, run_folder: Path, key: str, target: Path, tell: Callable[[str], None]) -> Exported:
        """Write a run's best weights in the form of that key, run the file, and compare it with the engine.

        `tell` hears of each step; what it raises ends the export, and leaves no file.

        Raises:
            OSError: the target cannot be written.
            ValueError: the run holds no usable weights, they cannot go to this form, or a package is missing.
        """
        from engine.export import proof
        from engine.export.particulars import exportable
        from engine.export.targets import target as form_of

        form = form_of(key)
        source = exportable(run_folder)
        found, usage = proof.export(source, form, target, tell), form.usage_of(source.model, target)
        return Exported(tuple(target.with_name(name) for name in found.files), found.sentence(), found.passed, usage)

    # --- use of a trained model -------------------------------------------------------------------------

    def usable(self, run_folder: Path) -> Usable:
        """What a run's best weights can be asked.

        Raises:
            ValueError: the run holds no usable weights.
        """
        return model_use.usable(run_folder)

    def use(self, run_folder: Path, asked: Asked) -> Used:
        """What they answer.

        Raises:
            OSError: a file cannot be read.
            ValueError: they do not take what was asked; the text says why.
        """
        return model_use.use(run_folder, asked)

    def past_runs(self, folder: Path) -> tuple[tuple[PastRun, ...], list[str]]:
        """All runs below `folder`, oldest first, and the names of those that cannot be read."""
        from engine import past_runs

        left_out: list[str] = []
        return past_runs.past_runs(folder, left_out.append), left_out

    def come_since(self, folder: Path, known: Collection[str]) -> tuple[tuple[PastRun, ...], list[str]]:
        """As `past_runs`, of runs whose names are not `known`; quick where there are none."""
        from engine import past_runs

        return past_runs.come_since(folder, known)

    def runs_in(self, folders: Sequence[Path]) -> tuple[tuple[PastRun, ...], list[str]]:
        """As `past_runs`, of those in these folders."""
        from engine import past_runs

        return past_runs.runs_in(folders)

    def gone_since(self, folder: Path, known: Collection[str]) -> set[str]:
        """Names of the runs `known` that lie below `folder` no more."""
        from engine import past_runs

        return past_runs.gone_since(folder, known)

    def no_longer_live(self, folders: Sequence[Path]) -> tuple[dict[Path, PastRun], list[Path]]:
        """Of runs that another program trained: those that it does not any more, and those that are gone."""
        from engine import past_runs

        return past_runs.no_longer_live(folders)
