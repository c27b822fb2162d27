"""The text of a PyTorch module that reads and then writes: encoder, bridge, decoder, attention."""

from __future__ import annotations

from engine.data import PairsPreparation, SeriesPreparation
from engine.data.texts import tokens
from engine.export import numpy_texts
from engine.export.particulars import Exportable
from engine.export.python_source import joined_modules, paragraph
from engine.export.torch_layers import layers_class
from engine.export.torch_modules import torch_module
from engine.export.torch_source import LOADING
from engine.export.torch_units import about_function, series_functions, wrapped
from engine.export.torch_writing_lines import module_lines, read_lines, write_lines
from engine.export.writing_description import WritingDescription, describe_writing
from engine.findings.summary import model_words

_HEAD = '''"""{title}

{made}

    network = load()
{usage}
"""

'''
_MADE = """Made by RNN Workbench; needs PyTorch, NumPy and safetensors, and lies beside its weights, {stem}.safetensors,
whose metadata hold scaler, vocabularies, window, columns, settings and scores. Licence of the data: {licence}"""
_TEXTS = """    tokens = network.generate(torch.from_numpy(encoded(about(), "{example}")))
    print(decoded(about(), tokens[:, 0]))
    scores = network(x, before)  # x: {inputs}; before: tokens (U, B), 1 first, that are taken to be written"""
_NUMBERS = """    answers = network.generate(inputs_of(rows), told_ahead(rows, future))
    forecast = real_units(answers, rows)
    answers = network(x, before)  # x: {inputs}; before: numbers (U, B, {heard}) that are taken to be written"""
_IMPORTS = (
    "import json", "from pathlib import Path", "import torch", "from safetensors import safe_open",
    "from safetensors.torch import load_file",
)  # fmt: skip

_WEIGHTS = """

WEIGHTS = Path(__file__).with_suffix(".safetensors")


"""

_NETWORK = '''class Network(torch.nn.Module):
    """Reads a sequence or a vector, and writes another sequence; modules have the names that the weights have.

    S steps read, U steps written, B sequences. All of a batch have S steps.
    """

    def __init__(self):
        super().__init__()
{modules}

    def forward(self, x, before):
        """Answers (U, B, ·) to x where what was written before each step is told: teacher forcing."""
        return self.write(before, *self.read(x))[0]

    def read(self, x):
        """What the decoder has beside its states at every step, and the states that it begins with."""
{read}

    def write(self, before, beside, state):
        """Answers (U, B, ·) after what was written before each of U steps, and the states to go on from."""
{write}
{attend}
    @torch.no_grad()
{generate}
'''
_ATTEND = '''
    def attend(self, hidden, memory):
        """The decoder's states together with a mean of what was read, weighed by how well it fits them."""
        query = self.attention["query"](hidden)
        {scores}
        context = torch.einsum("ubs,sbd->ubd", torch.softmax(scores, dim=-1), memory)
        return torch.tanh(self.attention["combine"](torch.cat([context, hidden], dim=-1)))
'''
_SCORES = {
    "multiplicative": 'scores = torch.einsum("ubd,sbd->ubs", query, memory)',
    "additive": """both = torch.tanh(query[:, None] + self.attention["key"](memory))  # (U, S, B, ·)
        scores = self.attention["score"](both)[..., 0].transpose(1, 2)""",
}
_GENERATE_TOKENS = '''    def generate(self, x, limit={limit}):
        """Tokens (U, B) that are written for x, the likeliest each time; 2, the stop, behind the end of each."""
        beside, state = self.read(x)
        before, written = torch.ones(1, x.shape[1], dtype=torch.long), []
        while len(written) < limit and not (before == 2).all():
            scores, state = self.write(before, beside, state)
            likeliest = 2 + scores[..., 2:].argmax(dim=-1)  # never the unknown one, never the start
            before = torch.where(before == 2, 2, likeliest)
            written.append(before)
        return torch.cat(written)'''
_GENERATE_NUMBERS = '''    def generate(self, x, told):
        """Answers (U, B, ·), each heard before the next. Of told (U, B, {heard}) the first step is heard, and what is
        known ahead of the others."""
        beside, state = self.read(x)
        before, found = told[:1], []
        for step in range(len(told)):
            answers, state = self.write(before, beside, state)
            found.append(answers)
            own, following = answers[..., {middle}::{width}], told[min(step + 1, len(told) - 1)][None]
            before = torch.cat([own, following[..., own.shape[-1] :]], dim=-1)
        return torch.cat(found)'''
_TOLD_AHEAD = '''

def told_ahead(rows, future, series=""):
    """What the decoder is told before each step: first the last value of rows, then what is known ahead, (U, B, ·)."""
    data = about(series)
    level, period = _level(data, rows[..., : len(data["targets"])]), data["period"]
    last = level[-1] - level[-1 - period] if period else level[-1]
    change = last - last if "difference" in data["transform"] else last
    first = (change - _output(data, "offset")[0]) / _output(data, "scale")[0]
    places = [len(data["targets"]) + data["inputs"].index(name) for name in data["known"]]
    offset, scale = (_numbers(data["input_scaler"][name])[places] for name in ("offset", "scale"))
    return torch.cat([first.expand(data["steps"], *first.shape), (future - offset) / scale], dim=-1).float()


def _output(data, name):
    return _numbers(data["output_scaler"][name]).reshape(-1, 1, len(data["targets"]))


def real_units(answers, rows, series=""):
    """The network's answers to windows of rows, in the targets' own units: {targets}."""
    data = about(series)
    changed = answers[..., {middle}::{width}].double() * _output(data, "scale") + _output(data, "offset")
    level = _level(data, rows[..., : len(data["targets"])])
    changed = changed + torch.stack([_base(data, level, len(level) - 1, 1 + step) for step in range(len(changed))])
    return torch.exp(changed) if "log" in data["transform"] else changed
'''


def torch_writing_source(source: Exportable, stem: str) -> str:
    """The text of the module that lies beside ``<stem>.safetensors``."""
    model, network = source.model, describe_writing(source.model.network)
    module, sizes = torch_module(model.network), network.sizes
    inputs = "tokens (S, B)" if sizes.reads_tokens else f"numbers ({'S' if network.encoder else 1}, B, {sizes.inputs})"
    usage = (_TEXTS if sizes.writes_tokens else _NUMBERS).format(
        inputs=inputs, heard=sizes.heard, example="1, 2, …" if network.encoder is None else "What is read"
    )
    head = _HEAD.format(
        title=f"{model_words(model.experiment)}.", usage=usage,
        made=paragraph(_MADE.format(stem=stem, licence=source.particulars()["licence"])),
    )  # fmt: skip
    begun = joined_modules((tokens, numpy_texts) if sizes.writes_tokens else (), _IMPORTS).rstrip("\n")
    layers = "" if module else layers_class(network.encoder or network.decoder) + "\n\n"
    foot = LOADING + about_function(model.preparation)
    if isinstance(model.preparation, SeriesPreparation):
        foot += wrapped(series_functions(model.preparation, _TOLD_AHEAD, **source.point()))
    return head + begun + _WEIGHTS + layers + _network(source, network, module) + foot


def _network(source: Exportable, network: WritingDescription, module: str) -> str:
    preparation = source.model.preparation
    if isinstance(preparation, PairsPreparation):
        generate = _GENERATE_TOKENS.format(limit=preparation.limit)
    else:
        generate = _GENERATE_NUMBERS.format(heard=network.sizes.heard, **source.point())
    attends = network.attention != "none"
    return _NETWORK.format(
        modules="\n".join(module_lines(network, module)),
        read="\n".join(f"        {line}" for line in read_lines(network, module)),
        write="\n".join(f"        {line}" for line in write_lines(network, module)),
        attend=_ATTEND.format(scores=_SCORES[network.attention]) if attends else "",
        generate=generate,
    )
