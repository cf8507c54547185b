"""Lessons for `teach`: scenes and questions that aim at what the checkpoint gets wrong.

Scenes hold brief and long events, things that stop, two things alike, and often nothing at all. Questions include
halves of the picture, stopping, things outside the model's world, negations and free wording. Every form of question
has as many true as false cases, so the form says nothing about the answer; only a word that names nothing in this
world ("an elephant") always means no.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from . import queries, scenes
from .queries import OPPOSITE, Query, judge
from .scenes import Rng

# Shares of an appearance, a motion, a motion that stops, a change of colour.
KINDS = (0.22, 0.34, 0.30, 0.14)
ALIKE = 0.10  # share of further things that look exactly like an earlier one
SIMILAR = 0.35  # share of further things that share colour or shape with an earlier one
# Queries about halves are few: the encoder's tokens do not say where in the picture they lie (see README), so these
# only teach the model to be unsure.
HALVES = 0.12


def lesson_thing(rng: Rng, extent: scenes.Extent) -> scenes.Thing:
    """One object whose life begins at 0: brief (0.4 s), ordinary or long (40 s)."""
    kind = str(rng.choice(scenes.KINDS, p=KINDS))
    if kind in ("appear", "turn"):
        length = (rng.uniform(0.4, 1.2), rng.uniform(1.2, 7), rng.uniform(7, 40))[queries.pick(rng, (0.16, 0.64, 0.2))]
        return scenes.random_thing(rng, extent, kind, duration=length)
    thing = scenes.random_thing(rng, extent, kind)
    if kind == "move" and rng.random() < 0.12:
        thing.t1 = thing.t_stop = rng.uniform(0.5, 1.2)
    elif kind == "move_stop" and rng.random() < 0.35:
        thing.t1 = thing.t_stop + (rng.uniform(3, 10) if rng.random() < 0.6 else rng.uniform(10, 35))
    return thing


def alike_fit(scene: scenes.Scene, thing: scenes.Thing) -> bool:
    """Whether a thing that looks like another one can be told from it: apart in space, or in time by 1.5 s."""
    for other in scene.things:
        if scenes.collides(other, thing, 1.1):
            return False
        if other.identities() & thing.identities():
            together = other.t0 < thing.t1 and thing.t0 < other.t1
            if not together and other.t0 - 1.5 < thing.t1 and thing.t0 < other.t1 + 1.5:
                return False
    return True


def lesson_scene(rng: Rng, length: float, aspect: float, count: int, light: float) -> scenes.Scene:
    """A scene of which [0, length) is the window; `count` events are tried in it."""
    if count == 0:
        return scenes.window_scene(rng, length, aspect, 0, light)
    if rng.random() < 0.15 and count >= 2:
        return scenes.window_scene(rng, length, aspect, count, light, KINDS)
    scene = scenes.Scene(aspect, background=int(rng.integers(2**31)))
    for _ in range(count):
        copied = None
        if scene.things and rng.random() < ALIKE + SIMILAR:
            copied = scene.things[rng.integers(len(scene.things))]
        alike = copied is not None and rng.random() < ALIKE / (ALIKE + SIMILAR)
        for _ in range(12):
            thing = lesson_thing(rng, scene.extent)
            if copied is not None:
                both = int(rng.integers(2))
                if alike or both == 0:
                    thing.colour = copied.colour
                if alike or both == 1:
                    thing.shape = copied.shape
                if thing.colour2 == thing.colour:
                    thing.colour2 = (thing.colour + 1) % 6
            begin = rng.uniform(-thing.t1 + 0.25, length - 0.25)
            # What happens in the middle of a life should often be seen.
            middle = thing.t_stop if thing.direction and thing.t_stop < thing.t1 else thing.t_change
            if middle < 1e8 and rng.random() < 0.6 and length > 2:
                begin = rng.uniform(0.6, length - 0.8) - middle
            scenes.shifted(thing, begin)
            if alike_fit(scene, thing) if alike else scenes.fits(scene, thing, allowed=0.9):
                scene.things.append(thing)
                break
    if rng.random() < light:
        d = rng.uniform(0.6, 1.5) if rng.random() < 0.15 else rng.uniform(1.5, 5.0)
        if rng.random() < 0.1:
            d = rng.uniform(5, 20)
        t0 = rng.uniform(-d + 0.25, length - 0.25)
        scene.darks.append(scenes.Dark(t0, t0 + d, rng.uniform(0.22, 0.38)))
    return scene


NOUNS = {"circle": ("disc", "ball", "dot"), "square": ("box",), "triangle": (), "cross": ("plus sign",)}
PLACES = {
    "upper": ("in the upper half", "in the top half", "at the top", "in the upper part"),
    "lower": ("in the lower half", "in the bottom half", "at the bottom", "in the lower part"),
    "left": ("in the left half", "on the left side", "on the left", "in the left part"),
    "right": ("in the right half", "on the right side", "on the right", "in the right part"),
}


def choose(rng: Rng, options: Sequence[str]) -> str:
    """One of the options."""
    return options[int(rng.integers(len(options)))]


def reworded(rng: Rng, query: Query) -> str:
    """The query in other words than `Query.words` uses; every word of these is in the tokenizer's corpus."""
    if query.act == "light":
        return choose(
            rng,
            (
                "the light goes off",
                "it gets dark",
                "the lights go out",
                "the light is off",
                "it becomes dark",
                "the picture gets dark",
                "darkness",
            ),
        )
    colour = None if query.colour is None else scenes.COLOURS[query.colour]
    if colour == "purple" and rng.random() < 0.4:
        colour = "violet"
    if query.shape is not None:
        noun = scenes.SHAPES[query.shape]
        if NOUNS[noun] and rng.random() < 0.35:
            noun = choose(rng, NOUNS[noun])
    elif colour and rng.random() < 0.4:
        noun = ""
    else:
        noun = choose(rng, ("object", "shape", "thing"))
    named = query.colour is not None or query.shape is not None
    words = " ".join(w for w in (colour, noun) if w)
    if not noun:
        thing = f"something {colour}"
    elif not named and rng.random() < 0.6:
        thing = choose(rng, ("something", "anything"))
    else:
        first = choose(rng, ("a", "a", "a", "the", "one", ""))
        thing = f"{first} {words}".strip()
        if first == "a" and thing.startswith("a object"):
            thing = "an" + thing[1:]
    if query.act == "appear":
        verb = choose(
            rng,
            (
                "appears",
                "is visible",
                "can be seen",
                "shows up",
                "is there",
                "comes into view",
                "is in the picture",
                "",
            ),
        )
        if not named and not verb:
            verb = "appears"
    elif query.act == "move" and query.direction:
        way = query.direction
        verb = choose(
            rng,
            (
                f"moves {way}",
                f"goes {way}",
                f"is moving {way}",
                f"slides {way}",
                f"drifts {way}",
                f"moves to the {way}" if way in ("left", "right") else f"moves {way}wards",
                f"travels {way}",
            ),
        )
    elif query.act == "move":
        verb = choose(rng, ("moves", "is moving", "is in motion", "drifts", "moves around"))
    elif query.act == "stop":
        verb = choose(rng, ("stops", "comes to a stop", "comes to a halt", "stops moving", "halts", "comes to rest"))
        if query.direction:
            verb = choose(
                rng,
                (
                    f"moves {query.direction} and stops",
                    f"moves {query.direction} and then stops",
                    f"goes {query.direction} and {verb}",
                    f"is moving {query.direction} and {verb}",
                ),
            )
    elif query.act == "turn":
        verb = choose(rng, ("turns", "becomes", "changes to", "changes colour to", "goes"))
    else:
        verb = choose(rng, ("changes colour", "changes its colour", "changes color", "gets another colour"))
    if query.colour2 is not None:
        verb += f" {scenes.COLOURS[query.colour2]}"
    place = f" {choose(rng, PLACES[query.place])}" if query.place else ""
    return f"{thing} {verb}".strip() + place


def wording(rng: Rng, query: Query, free: float = 0.4) -> str:
    """The words of a query: mostly the plain ones, with that probability others; now and then as a sentence."""
    words = reworded(rng, query) if rng.random() < free else query.words(rng)
    if rng.random() < 0.08:
        words = words[0].upper() + words[1:] + "." * int(rng.random() < 0.5)
    return words


# Negations and their opposites: (words, the query whose absence or presence decides; None means any event).
NONE_OF = (
    (
        None,
        (
            "nothing happens",
            "nothing is there",
            "nothing is visible",
            "nobody is there",
            "no one is there",
            "there is nothing",
            "nothing can be seen",
            "the picture stays empty",
        ),
    ),
    (Query("move"), ("nothing moves", "nobody moves", "nothing is moving", "no one moves", "there is no motion")),
    (Query("stop"), ("nothing stops", "nobody stops")),
    (Query("change"), ("nothing changes colour", "no object changes colour")),
)
SOME_OF = (
    (None, ("something happens", "anything happens", "there is something", "something is there")),
    (Query("move"), ("something moves", "anything moves", "there is motion", "motion")),
    (Query("stop"), ("something stops", "anything stops")),
    (Query("change"), ("something changes colour", "anything changes colour")),
)


def any_event(query: Query | None, scene: scenes.Scene, times: list[float], count: int, fps: float) -> bool | None:
    """Whether any event matches the query, or whether there is any event at all; None for undecided."""
    if query is not None:
        return judge(query, scene, times, count, fps)[0]
    return any(e.t0 <= t < e.t1 for e in scene.events() for t in times[:count])


_FOREIGN = """person man woman child boy girl people crowd baby player dancer worker driver walker runner guard thief
cat horse cow sheep goat pig chicken duck fish snake bear lion tiger monkey mouse rabbit fox wolf deer frog insect
car bus van lorry train tram plane boat ship bicycle motorbike taxi ambulance tractor helicopter rocket balloon
house door window wall roof bridge road street river lake tree flower grass mountain cloud sun moon rain snow fire
smoke table chair bed lamp book phone screen camera computer keyboard cup plate knife fork spoon bag hat shoe coat
banana apple lemon bread cake pizza cheese egg hammer ladder rope box-cutter suitcase umbrella clock mirror guitar
hexagon octagon oval diamond heart arrow line cube pyramid spiral ring rectangle crescent cylinder letter number
robot ghost alien dragon wizard clown soldier doctor nurse teacher""".split()
_ODD_COLOURS = "pink black brown grey gray cyan turquoise golden silver beige maroon magenta navy lime teal".split()
_ODD_ACTS = (
    "explodes",
    "jumps",
    "spins",
    "rotates",
    "grows",
    "shrinks",
    "melts",
    "breaks",
    "falls over",
    "flashes",
    "sings",
    "talks",
    "burns",
    "bounces",
    "waves",
    "laughs",
    "runs away",
    "sits down",
    "opens",
    "closes",
    "catches fire",
    "blinks",
    "shakes",
    "wobbles",
    "splits in two",
    "flies away",
    "walks",
    "cries",
    "smiles",
    "is carried away",
    "is eaten",
    "throws a stone",
    "reads",
    "writes",
    "parks",
    "crashes",
    "swims",
    "zooms in",
)
_ODD_SENTENCES = (
    "someone falls",
    "somebody enters",
    "a person walks by",
    "two people talk",
    "people are fighting",
    "it rains",
    "the door opens",
    "someone runs",
    "the camera pans",
    "a goal",
    "an accident",
    "someone leaves a bag",
    "a car stops",
    "a person stops",
    "the sun rises",
    "music plays",
)
_SYLLABLES = "ba de fi go ku la me ni po ra su ta vo wi xe yo zu ka lo mi sha tre plo gri stu fen dor mak".split()
# Words of evaluations that training never draws.
HELD_OUT_NOUNS = "elephant dog truck bird bottle pedestrian giraffe cyclist star pentagon cat-food policeman".split()
HELD_OUT_COLOURS = ("orange", "violet-black", "amber", "crimson")
HELD_OUT_ACTS = ("dances", "kicks a ball", "drinks", "sleeps", "vibrates", "evaporates")


def foreign(rng: Rng, scene: scenes.Scene, held_out: bool = False) -> str:
    """Words about what this world does not have, close to what the scene shows: never so."""
    nouns, colours, acts = (
        (HELD_OUT_NOUNS, HELD_OUT_COLOURS, HELD_OUT_ACTS) if held_out else (_FOREIGN, _ODD_COLOURS, _ODD_ACTS)
    )
    base = scene.things[rng.integers(len(scene.things))] if scene.things and rng.random() < 0.8 else None
    colour = scenes.COLOURS[rng.integers(6) if base is None else base.colour]
    shape = scenes.SHAPES[rng.integers(4) if base is None else base.shape]
    way = base.direction if base is not None and base.direction else str(rng.choice(list(scenes.DIRECTIONS)))
    kind = queries.pick(rng, (0.45, 0.2, 0.25, 0.1) if not held_out else (0.5, 0.25, 0.25, 0))
    if kind == 3:
        return choose(rng, _ODD_SENTENCES)
    if kind == 2:
        subject = choose(rng, (f"a {colour} {shape}", f"a {shape}", f"something {colour}", "something"))
        return f"{subject} {choose(rng, acts)}"
    verb = choose(
        rng,
        (
            "appears",
            "is visible",
            f"moves {way}",
            "moves",
            "stops",
            f"moves {way} and stops",
            "",
            "can be seen",
            "is there",
            f"turns {scenes.COLOURS[rng.integers(6)]}",
        ),
    )
    if kind == 1:
        thing = choose(rng, (f"{choose(rng, colours)} {shape}",) * 3 + (f"{choose(rng, colours)} object",))
    else:
        noun = choose(rng, nouns)
        if not held_out and rng.random() < 0.2:
            noun = "".join(choose(rng, _SYLLABLES) for _ in range(int(rng.integers(1, 4))))
        thing = f"{colour} {noun}" if rng.random() < 0.45 else noun
    first = choose(rng, ("an" if thing[0] in "aeiou" else "a",) * 4 + ("the", ""))
    place = f" in the {choose(rng, queries.PLACES)} half" if verb and rng.random() < 0.15 else ""
    return f"{first} {thing} {verb}".strip() + place


def corpus() -> list[str]:
    """Every word that `reworded` and the negations use, for the tokenizer."""
    rng = np.random.default_rng(3)
    out: list[str] = []
    for _, texts in NONE_OF + SOME_OF:
        out += texts
    for act in queries.ACTS:
        for _ in range(400):
            colour, shape = (int(rng.integers(n)) if rng.random() < 0.7 else None for n in (6, 4))
            base = Query(
                act,
                colour,
                shape,
                direction=choose(rng, list(scenes.DIRECTIONS)) if act in ("move", "stop") else None,
                colour2=int(rng.integers(6)) if act == "turn" else None,
                place=choose(rng, queries.PLACES) if rng.random() < 0.5 else None,
            )
            out.append(reworded(rng, base))
    for word in ("no", "there is no"):
        out += [f"{word} {c} {s} appears" for c in ("red", "blue") for s in scenes.SHAPES]
    return sorted(set(out))


@dataclass
class Lesson:
    """Draws the questions about clips and keeps the balance of true and false ones."""

    asker: queries.Asker = field(default_factory=lambda: queries.Asker(HALVES))
    balance: Counter[str] = field(default_factory=Counter)  # true minus false ones so far, of each negation

    def false(self, rng: Rng, scene: scenes.Scene, times: list[float], count: int, fps: float) -> Query | None:
        """A query that is not so, of a form that owes one; where it can be, one that fails by a single word."""
        owed = self.asker.owed
        forms = list(owed.elements())
        for _ in range(8 if forms and scene.things else 0):
            form = forms[rng.integers(len(forms))]
            things = scene.things
            if form[0] == "stop":
                # What moves on without stopping is the case to learn from.
                things = [t for t in things if t.direction and t.t_stop >= min(t.t1, times[count - 1])] or things
            query = queries.drawn(rng, form, things[rng.integers(len(things))])
            for candidate in (query, replace(query, place=OPPOSITE[query.place]) if query.place else query):
                if judge(candidate, scene, times, count, fps)[0] is False:
                    owed[form] -= 1
                    return candidate
            for _ in range(3):
                query = queries.mutated(rng, query, scene)
                if judge(query, scene, times, count, fps)[0] is False:
                    owed[form] -= 1
                    return query
        return self.asker.false(rng, scene, times, count, fps)

    def negation(
        self, rng: Rng, scene: scenes.Scene, times: list[float], count: int, fps: float
    ) -> tuple[str, bool] | None:
        """('nothing moves', whether it is so), as often so as not for each wording's kind."""
        if rng.random() < 0.3 and scene.things:
            thing = scene.things[rng.integers(len(scene.things))]
            colour, shape = (
                (thing.colour, thing.shape) if rng.random() < 0.6 else (int(rng.integers(6)), int(rng.integers(4)))
            )
            query = Query("appear", colour if rng.random() < 0.8 else None, shape)
            verdict, key = judge(query, scene, times, count, fps)[0], "no thing"
            words = query.words(rng).split(" ", 1)[1].removesuffix(" is visible").removesuffix(" appears")
            text = choose(rng, (f"no {words} appears", f"there is no {words}", f"no {words} is visible"))
            so = verdict is False
        else:
            negated = bool(rng.random() < 0.6)
            n = queries.pick(rng, (0.4, 0.3, 0.2, 0.1))
            query_or_none, texts = (NONE_OF if negated else SOME_OF)[n]
            verdict, key = any_event(query_or_none, scene, times, count, fps), f"{negated} {n}"
            text, so = choose(rng, texts), (verdict is False) == negated
        if verdict is None or (self.balance[key] > 2 and so) or (self.balance[key] < -2 and not so):
            return None
        self.balance[key] += 1 if so else -1
        return text, so
