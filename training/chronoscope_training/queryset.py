"""A set of queries with known answers about short clips, for `chronoscope evaluate queries`.

Each class of query has its own target. A class of false queries names what the clip does not show: a thing, a colour
or an action that the model's world lacks, one that it knows but that does not happen in the clip, and denials
("nobody is there") of what happens. A class of true ones names a thing by colour and shape, a motion, a stop, or a
half of the picture. Words that training draws as absent things are left out, so the set asks for new ones.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from . import lessons, queries, scenes, video
from .queries import OPPOSITE, Query, judge
from .scenes import Event, Rng, Scene

Entry: TypeAlias = dict[str, Any]  # clip, kind, style, text and spans, as in queries.json

LENGTH = 10.0  # seconds of a clip
STEP = 0.25  # seconds between the frames that decide whether a query holds
SIZES = ((320, 240), (426, 240), (240, 320))

THINGS = ("elephant", "dog", "truck", "bird", "bottle", "cyclist", "giraffe", "star", "policeman", "sandwich")
COLOURS = ("orange", "crimson", "amber", "violet-black", "olive", "khaki")
ACTIONS = ("dances", "kicks a ball", "drinks", "sleeps", "vibrates", "evaporates", "sneezes", "knits")
DENIALS = ("nobody is there", "nothing happens", "nothing moves", "no one moves", "nothing is visible")
DENIAL_OF_MOTION = {"nothing moves", "no one moves"}


def span(event: Event) -> list[int]:
    """The part of the clip in which it happens, in milliseconds."""
    return [round(1000 * max(0.0, event.t0)), round(1000 * min(LENGTH, event.t1))]


def article(words: str) -> str:
    """With "a" or "an"."""
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


class ClipQueries:
    """Draws the queries about one clip."""

    def __init__(self, seed: int, scene: Scene) -> None:
        self.scene = scene
        self.rng: Rng = np.random.default_rng([seed, 91])
        self.times = [float(t) for t in np.arange(0, LENGTH, STEP)]

    def verdict(self, query: Query) -> tuple[bool | None, list[Event]]:
        """Whether it holds in the clip, and the events that show it."""
        return judge(query, self.scene, self.times, len(self.times), 1 / STEP)

    def worded(self, query: Query, style: str) -> str:
        """In the plain words, or in others."""
        return query.words(self.rng) if style == "plain" else lessons.reworded(self.rng, query)

    def true_ones(self) -> Iterator[Entry]:
        """Things, motions, stops and halves that the clip shows."""
        things = [t for t in self.scene.things if t.t1 > 0.6 and t.t0 < LENGTH - 0.6]
        self.rng.shuffle(things)
        things.sort(key=lambda thing: not thing.direction or thing.t_stop >= min(thing.t1, LENGTH))
        for n, thing in enumerate(things[:3]):
            style = "paraphrase" if n % 2 else "plain"
            appears = Query("appear", thing.colour, thing.shape)
            yield from self.asked(appears, "color and shape", style)
            if n == 0:
                word = (scenes.COLOURS[thing.colour], scenes.SHAPES[thing.shape])[int(self.rng.integers(2))]
                one = replace(appears, shape=None) if word in scenes.COLOURS else replace(appears, colour=None)
                yield from self.asked(one, "color and shape", "word", word)
            if thing.direction:
                moves = Query("move", thing.colour, thing.shape, thing.direction)
                yield from self.asked(moves, "motion", style)
                stops = Query("stop", thing.colour, thing.shape)
                yield from self.asked(stops, "stopping", style)
            for place in queries.PLACES:
                where = replace(appears, place=place)
                if self.verdict(where)[0] is True:
                    yield from self.asked(where, "half of the picture", style)
                    break

    def asked(self, query: Query, kind: str, style: str, text: str = "") -> Iterator[Entry]:
        verdict, events = self.verdict(query)
        if verdict is True:
            yield {
                "kind": kind,
                "style": style,
                "text": text or self.worded(query, style),
                "spans": [*map(span, events)],
            }

    def false_ones(self) -> Iterator[Entry]:
        """What the clip does not show."""
        rng, things = self.rng, self.scene.things
        base = things[rng.integers(len(things))] if things else None
        colour = int(rng.integers(6)) if base is None else base.colour
        shape = int(rng.integers(4)) if base is None else base.shape
        noun, odd = (lessons.choose(rng, words) for words in (THINGS, COLOURS))
        action = lessons.choose(rng, ACTIONS)
        yield self.absent("absent object", "plain", article(f"{scenes.COLOURS[colour]} {noun}"))
        yield self.absent("absent object", "paraphrase", f"the {lessons.choose(rng, THINGS)} comes into view")
        yield self.absent("absent object", "word", lessons.choose(rng, THINGS))
        yield self.absent("absent color", "plain", f"{article(f'{odd} {scenes.SHAPES[shape]}')} appears")
        yield self.absent("absent action", "plain", f"a {scenes.COLOURS[colour]} {scenes.SHAPES[shape]} {action}")
        for style in ("plain", "paraphrase"):
            yield from self.refuted("absent object", style, Query("appear", colour, shape), "shape")
            yield from self.refuted("absent color", style, Query("appear", colour, shape), "colour")
        if base is not None and base.direction:
            yield from self.refuted("absent action", "plain", Query("move", colour, shape, base.direction), "direction")
        yield from self.refuted("absent action", "paraphrase", Query("stop", colour, shape), "")
        yield from self.refuted("absent action", "plain", Query("change", colour, shape), "")
        for place in queries.PLACES:
            where = Query("appear", colour, shape, place=place)
            if self.verdict(where)[0] is True:
                yield from self.refuted("wrong half", "plain", replace(where, place=OPPOSITE[place]), "")
                break
        denial = lessons.choose(rng, DENIALS)
        moving = self.verdict(Query("move"))[0]
        if (
            moving is True
            if denial in DENIAL_OF_MOTION
            else any(self.verdict(Query(a))[0] for a in ("appear", "light"))
        ):
            yield self.absent("denial", "plain", denial)

    def absent(self, kind: str, style: str, text: str) -> Entry:
        return {"kind": kind, "style": style, "text": text, "spans": []}

    def refuted(self, kind: str, style: str, query: Query, field: str) -> Iterator[Entry]:
        """The query with another value of `field`, if the clip does not show that."""
        for _ in range(8):
            candidate = query
            if field == "direction":
                candidate = replace(query, direction=lessons.choose(self.rng, list(scenes.DIRECTIONS)))
            elif field:
                changes: dict[str, Any] = {field: int(self.rng.integers(6 if field == "colour" else 4))}
                candidate = replace(query, **changes)
            if self.verdict(candidate)[0] is False:
                yield self.absent(kind, style, self.worded(candidate, style))
                return


def clip_scene(seed: int, aspect: float) -> Scene:
    """A clip as `teach` draws its windows: brief and long events, similar objects; now and then nothing.

    In every second clip something stops.
    """
    rng = np.random.default_rng([seed, 90])
    while True:
        count = queries.pick(rng, (0.08, 0.3, 0.36, 0.26))
        scene = lessons.lesson_scene(rng, LENGTH, aspect, count, 0.08)
        if seed % 2 or any(
            t.direction and 1 < t.t_stop < min(t.t1, LENGTH) - 1 and t.t0 < t.t_stop - 1 for t in scene.things
        ):
            return scene


def write(folder: str | Path, first_seed: int, clips: int) -> None:
    """Writes the clips and queries.json."""
    folder, entries = Path(folder), list[Entry]()
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first_seed, first_seed + clips):
        width, height = SIZES[seed % len(SIZES)]
        scene = clip_scene(seed, width / height)
        name = f"clip-{seed}.mp4"
        video.encode(folder / name, scene, np.random.default_rng([seed, 92]), LENGTH, (width, height), "10", "h264")
        asked = ClipQueries(seed, scene)
        drawn = {entry["text"]: {"clip": name, **entry} for entry in (*asked.true_ones(), *asked.false_ones())}
        entries += drawn.values()
    lines = ",\n".join("  " + json.dumps(entry) for entry in entries)
    (folder / "queries.json").write_text(f"[\n{lines}\n]\n")
    print(len(entries), "queries about", clips, "clips")
