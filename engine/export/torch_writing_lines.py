"""What of a PyTorch module depends on the network: the lines that make its parts, that read, and that write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from engine.export.torch_layers import layers_module
from engine.export.writing_description import WritingDescription


def module_lines(network: WritingDescription, module: str) -> list[str]:
    """The lines of ``__init__``."""
    weights = network.weights
    encoder = layers_module(network.encoder, module) if network.encoder else []
    return [
        *_dictionary("embedding", {n: "Embedding({}, {})".format(*w.shape) for n, w in _of(weights, "embedding")}),
        *encoder,
        *_dictionary("bridge", {n: "Linear({1}, {0})".format(*w.shape) for n, w in _of(weights, "bridge")}),
        *layers_module(network.decoder, module),
        *_dictionary(
            "attention", {n: "Linear({1}, {0}, bias=False)".format(*w.shape) for n, w in _of(weights, "attention")}
        ),
        "        self.readout = torch.nn.Linear({1}, {0})".format(*weights["readout.weight"].shape),
    ]


def _of(weights: Mapping[str, NDArray[Any]], part: str) -> list[tuple[str, NDArray[Any]]]:
    """The matrices of a dictionary of modules, by the modules' names."""
    own = [name for name in weights if name.startswith(f"{part}.") and name.endswith(".weight")]
    return [(name.removeprefix(f"{part}.").removesuffix(".weight"), weights[name]) for name in own]


def _dictionary(name: str, modules: dict[str, str]) -> list[str]:
    lines = [f'            "{key}": torch.nn.{text},' for key, text in modules.items()]
    return [f"        self.{name} = torch.nn.ModuleDict({{", *lines, "        })"] if lines else []


def read_lines(network: WritingDescription, module: str) -> list[str]:
    """The lines of ``read``."""
    depth = network.decoder.config.depth
    x = 'self.embedding["source"](x)' if network.sizes.reads_tokens else "x"
    lines, beside = [], "x" if network.repeat_input else "None"
    if network.encoder:
        beside = "memory"
        own = ", None, self.encoder.initial" if network.encoder.config.learned_state else ""
        lines.append(f"memory, last = self.encoder({x})" if module else f"memory, _, last = self.encoder({x}{own})")
    if not network.bridged:
        return [*lines, "return memory, last"]
    return [*lines, *(_bridge_plain(network, depth) if module else _bridge(network, depth)), f"return {beside}, state"]


def _bridge_plain(network: WritingDescription, depth: int) -> list[str]:
    """The states as PyTorch's own modules take them, of all layers together."""
    kinds = json.dumps(network.decoder.spec.states)
    several = len(network.decoder.spec.states) > 1
    if network.encoder:
        head = [
            f"for kind, part in zip({kinds}, {'last' if several else '[last]'}):",
            f"    ends = [torch.cat([part[2 * level], part[2 * level + 1]], dim=-1) for level in range({depth})]",
        ]
    else:
        head = [f"for kind in {kinds}:", f"    ends = [x[0]] * {depth}"]
    made = '[self.bridge[f"{kind}_l{level}"](end) for level, end in enumerate(ends)]'
    return [
        "state = []",
        *head,
        f"    state.append(torch.stack({made}))",
        "state = tuple(state)" if several else "state = state[0]",
    ]


def _bridge(network: WritingDescription, depth: int) -> list[str]:
    """The states as `Layers` takes them, by layer."""
    kinds, endings = (json.dumps(names) for names in (network.decoder.spec.states, [f"l{n}" for n in range(depth)]))
    ends = "[x[0]] * len(kinds)"
    if network.encoder:
        ends = '[torch.cat(both, dim=-1) for both in zip(last[ending], last[f"{ending}_reverse"])]'
    return [
        f"kinds, state = {kinds}, {{}}",
        f"for ending in {endings}:",
        f"    ends = {ends}",
        '    state[ending] = tuple(self.bridge[f"{kind}_{ending}"](end) for kind, end in zip(kinds, ends))',
    ]


def write_lines(network: WritingDescription, module: str) -> list[str]:
    """The lines of ``write``."""
    x = 'self.embedding["target"](before)' if network.sizes.writes_tokens else "before"
    if network.repeat_input:
        x = f"torch.cat([{x}, beside.expand(len(before), -1, -1)], dim=-1)"
    return [
        f"hidden, {'' if module else '_, '}state = self.decoder({x}, state)",
        *(["hidden = self.attend(hidden, beside)"] if network.attention != "none" else []),
        "return self.readout(hidden), state",
    ]
