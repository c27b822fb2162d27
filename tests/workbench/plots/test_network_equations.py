"""Every box and arrow of a network's diagram has the equation of what it computes."""

from __future__ import annotations

import pytest

from engine.config import ModelConfig
from engine.inside.structure import structure as structure_of
from engine.inside_records import Structure
from engine.network import Network
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.sequence_to_sequence.sizes import Sizes
from workbench.plots.network.equations import equations_of
from workbench.plots.network.layout import Link, Part, diagram
from workbench.plots.network.words import words_of_link, words_of_part

_PLAIN, _ATTENDED = r"y_t = W_{hy} h_t + b_y", r"y_t = W_{hy} \tilde{h}_t + b_y"


def reading(**settings: object) -> Structure:
    return structure_of(Network(ModelConfig(hidden_size=4, **settings), 3, 2))  # type: ignore[arg-type]


def writing(topology: str = "encoder_decoder", **settings: object) -> Structure:
    model = ModelConfig(topology=topology, hidden_size=4, embedding_size=2, **settings)  # type: ignore[arg-type]
    return structure_of(SequenceToSequence(model, Sizes(5, 6, topology == "encoder_decoder", True)))


def of(structure: Structure, name: str) -> tuple[str, ...]:
    """The equations of the boxes of a kind, or of the arrows whose matrix begins so."""
    made = diagram(structure, 4, None, written_from=2 if structure.topology == "encoder_decoder" else None)
    links: list[Part | Link] = [link for link in made.links if link.name.startswith(name)]
    (found,) = {equations_of(structure, each) for each in [*links, *(p for p in made.parts if p.kind == name)]}
    return found


@pytest.mark.parametrize(
    ("structure", "last"),
    [
        (reading(topology="many_to_many"), _PLAIN),
        (reading(topology="many_to_one"), r"y = W_{hy} h_T + b_y"),
        (
            reading(topology="many_to_one", bidirectional=True),
            r"y = W_{hy} [\overrightarrow{h}_T; \overleftarrow{h}_1] + b_y",
        ),
        (
            reading(topology="many_to_many", bidirectional=True, merge="sum"),
            r"y_t = W_{hy} (\overrightarrow{h}_t + \overleftarrow{h}_t) + b_y",
        ),
        (writing(attention="none"), _PLAIN),
        (writing(attention="none", bidirectional=True), _PLAIN),  # a decoder has one direction
        (writing("one_to_many"), _PLAIN),
        (writing(attention="multiplicative"), _ATTENDED),
        (writing(attention="additive"), _ATTENDED),
    ],
)
def test_an_answer_is_read_from_what_the_readout_gets(structure: Structure, last: str) -> None:
    assert of(structure, "output")[-1] == of(structure, "readout")[-1] == last


def test_attention_is_written_out_where_there_is_some() -> None:
    for kind, score in (
        ("multiplicative", r"e_{ts} = \bar{h}_s^\top W_q h_t"),
        ("additive", r"e_{ts} = v^\top \tanh(W_q h_t + W_k \bar{h}_s)"),
    ):
        assert of(writing(attention=kind), "output")[0] == score
    told = words_of_part(writing(attention="additive"), None, Part("output", 1, False, 2, 2), lambda *_: 0.0)
    assert told[-1] == "6 numbers from the top layer's state, and what it attends to"


@pytest.mark.parametrize(
    ("structure", "name", "equation"),
    [
        (
            writing(bidirectional=True),
            "bridge",
            r"h_0 = W_b \, [\overrightarrow{\bar{h}}_S; \overleftarrow{\bar{h}}_1] + b_b",
        ),
        (writing("one_to_many"), "bridge", r"h_0 = W_b \, x + b_b"),
        (writing(), "handed on", r"h_0 = \bar{h}_S"),
    ],
)
def test_a_decoders_first_state_is_not_what_a_cell_makes(structure: Structure, name: str, equation: str) -> None:
    assert of(structure, name) == (equation,)
    assert len(of(structure, "decoder.weight_hh")) > 1


@pytest.mark.parametrize(
    ("structure", "name", "told"),
    [
        (writing(bidirectional=True), "bridge", "Used once; drawn from each direction."),
        (writing("one_to_many"), "bridge", "Used once."),
        (reading(topology="many_to_one", bidirectional=True), "readout", "Used once; drawn from each direction."),
        (
            reading(topology="many_to_many", bidirectional=True),
            "readout",
            "The same weights at every time step; drawn 8 times in one colour.",
        ),
    ],
)
def test_what_is_used_once_is_said_to_be_however_often_it_is_drawn(structure: Structure, name: str, told: str) -> None:
    made = diagram(structure, 4, None, written_from=2 if structure.topology == "encoder_decoder" else None)
    link = next(link for link in made.links if link.name.startswith(name))
    assert words_of_link(structure, link, made)[2] == told
