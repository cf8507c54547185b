"""The words of the model's world for `chronoscope.json`: what is asked with any other word is not there."""

from typing import Any

from . import lessons, scenes

MOTIONS = ("moves", "moving", "slides", "drifts", "travels", "in motion", "moves around", "is in motion")
STOPS = (
    "stops",
    "stopping",
    "stop",
    "halts",
    "halt",
    "comes to a stop",
    "comes to a halt",
    "comes to rest",
    "stops moving",
)
TURNS = ("turns", "becomes", "changes", "changes to", "changes colour", "changes its colour", "changes color")
TURNS_TO = ("changes colour to", "changes its colour to", "gets another colour")
DARK = ("becomes dark", "light", "lights", "dark", "darkness", "light goes off", "lights go out", "light is off")
APPEARS = ("appears", "visible", "can be seen", "shows up", "comes into view", "is there", "in the picture", "there")
FILLERS = (
    "a",
    "goes",
    "an",
    "the",
    "one",
    "it",
    "its",
    "is",
    "and",
    "then",
    "something",
    "anything",
    "object",
    "shape",
    "thing",
)
MORE_FILLERS = ("gets", "picture", "the picture gets", "to the", "color", "colour")


def world() -> dict[str, Any]:
    """The value of "world"."""
    shapes = {shape: [shape, *lessons.NOUNS[shape]] for shape in scenes.SHAPES}
    colours = {colour: [colour] for colour in scenes.COLOURS}
    colours["purple"].append("violet")
    ways = {way: [way, f"{way}wards"] for way in scenes.DIRECTIONS}
    return {
        "names": {
            "color": colours,
            "shape": shapes,
            "direction": ways,
            "act": {"move": [*MOTIONS], "stop": [*STOPS], "turn": [*TURNS, *TURNS_TO]},
            "light": {"off": [*DARK]},
        },
        "places": {place: [f"{start} the {end}" for start, end in parts(place)] for place in lessons.PLACES},
        "fillers": [*FILLERS, *APPEARS, *MORE_FILLERS],
    }


def parts(place: str) -> list[tuple[str, str]]:
    """How a half of the picture is called."""
    names = {"upper": ("upper", "top"), "lower": ("lower", "bottom"), "left": ("left",), "right": ("right",)}[place]
    ends = [f"{name} {noun}" for name in names for noun in ("half", "side", "part", "half of the picture")]
    alone = {
        "upper": [("at", "top")],
        "lower": [("at", "bottom")],
        "left": [("on", "left")],
        "right": [("on", "right")],
    }
    return [(start, end) for start in ("in", "on", "at") for end in ends] + alone[place]
