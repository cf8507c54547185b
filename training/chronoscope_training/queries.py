"""Queries about a scene in plain language, and whether they hold.

A query names an object (by colour, shape, both or neither), an action, and optionally a half of the picture. The
sampled frames decide whether it holds; a query that they leave open is never asked.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .scenes import COLOURS, DIRECTIONS, SHAPES, Dark, Event, Rng, Scene, Thing

PLACES = ("upper", "lower", "left", "right")
OPPOSITE = dict(zip(PLACES, ("lower", "upper", "right", "left")))
ACTS = ("appear", "move", "stop", "turn", "change", "light")
MOVED = 0.1  # the least visible path of a moving object, in short sides
MARGIN = 0.03  # a centre this close to the middle line lies in neither half

# The act, and which of colour, shape, direction, colour2 and place the query names.
Form: TypeAlias = tuple[str, bool, bool, bool, bool, bool]


@dataclass(frozen=True)
class Query:
    """One query. colour, shape and colour2 are indices, direction and place names; None leaves one open."""

    act: str
    colour: int | None = None
    shape: int | None = None
    direction: str | None = None
    colour2: int | None = None
    place: str | None = None

    def form(self) -> Form:
        """The kind of the query, independent of its words."""
        colour, shape, direction, colour2, place = (
            value is not None for value in (self.colour, self.shape, self.direction, self.colour2, self.place)
        )
        return self.act, colour, shape, direction, colour2, place

    def words(self, rng: Rng) -> str:
        """The query as a user may phrase it."""
        if self.act == "light":
            return ("the light goes off", "it gets dark")[int(rng.random() < 0.3)]
        colour = None if self.colour is None else COLOURS[self.colour]
        if self.shape is not None:
            thing = f"a {colour} {SHAPES[self.shape]}" if colour else f"a {SHAPES[self.shape]}"
        elif colour:
            thing = (f"something {colour}", f"a {colour} object", f"a {colour} shape")[pick(rng, (0.6, 0.25, 0.15))]
        else:
            thing = ("something", "an object", "a shape")[pick(rng, (0.6, 0.25, 0.15))]
        verb = {
            "appear": ("appears", "is visible")[int(rng.random() < 0.3)],
            "move": "moves",
            "stop": "stops",
            "turn": "turns",
            "change": "changes colour",
        }[self.act]
        if self.direction:
            verb = f"moves {self.direction}" + (" and stops" if self.act == "stop" else "")
        if self.colour2 is not None:
            verb += f" {COLOURS[self.colour2]}"
        return f"{thing} {verb}" + (f" in the {self.place} half" if self.place else "")


def pick(rng: Rng, shares: Sequence[float]) -> int:
    return int(rng.choice(len(shares), p=shares))


def inside(scene: Scene, thing: Thing, times: list[float], place: str) -> bool | None:
    """Whether the object lies in that half in most of these frames.

    False if its centre never enters the half, None in all other cases.
    """
    width, height = scene.extent
    deep = []
    for t in times:
        x, y = thing.position(t)
        d = 0.5 - (y / height if place in ("upper", "lower") else x / width)
        deep.append(d if place in ("upper", "left") else -d)
    if sum(d > MARGIN for d in deep) >= 0.5 * len(deep):
        return True
    return False if all(d < -MARGIN for d in deep) else None


def did(query: Query, thing: Thing, seen: list[float], fps: float) -> tuple[bool | None, list[float]]:
    """Whether the object does what the query says in these frames, regardless of the place.

    Returns (True, False or None for undecided, the times of the frames that show it).
    """
    if query.shape is not None and thing.shape != query.shape:
        return False, []
    if query.act == "appear":
        seen = [t for t in seen if query.colour is None or thing.colour_at(t) == query.colour]
        return bool(seen), seen
    if query.act in ("turn", "change"):
        if thing.colour2 < 0 or query.colour not in (None, thing.colour):
            return False, []
        if query.colour2 not in (None, thing.colour2):
            return False, []
        turned = [thing.colour_at(t) == thing.colour2 for t in seen]
        return (True, seen) if any(turned) and not all(turned) else (False, [])
    if query.colour not in (None, thing.colour) or not thing.direction:
        return False, []
    if query.direction not in (None, thing.direction):
        return False, []
    moving = [t for t in seen if t < thing.t_stop]
    if not moving:
        return False, []
    (ax, ay), (bx, by) = thing.position(moving[0]), thing.position(seen[-1])
    moved = abs(bx - ax) + abs(by - ay)
    if query.act == "move":
        return (True, moving) if moved >= MOVED else (None, moving)
    still = [t for t in seen if t >= thing.t_stop]
    if not still:
        return False, []
    return (True, still) if moved >= MOVED and len(still) >= 2 and still[-1] - thing.t_stop > 0.3 else (None, still)


def judge(query: Query, scene: Scene, times: list[float], count: int, fps: float) -> tuple[bool | None, list[Event]]:
    """Whether the query holds in the first `count` sampled frames.

    Returns (True, False or None for undecided, the matching events).
    """
    verdict: bool | None = False
    matches: list[Event] = []
    for event in scene.events():
        seen = [t for t in times[:count] if event.t0 <= t < event.t1]
        if not seen or isinstance(event, Dark) != (query.act == "light"):
            continue
        if isinstance(event, Dark):
            matches.append(event)
            continue
        answer, telling = did(query, event, seen, fps)
        if answer is not False and query.place:
            where = inside(scene, event, telling, query.place)
            answer = where if answer or where is False else None
        if answer:
            matches.append(event)
        elif answer is None:
            verdict = None
    return (True if matches else verdict), matches


def drawn(rng: Rng, form: Form, base: Thing | None = None, place: str | None = None) -> Query:
    """A query of that form about the object `base`, or a random one."""
    act, colour, shape, direction, colour2, where = form

    def of(name: str, size: int) -> int:
        known = -1 if base is None else int(getattr(base, name))
        return int(rng.integers(size)) if known < 0 else known

    way = base.direction if base is not None and base.direction else str(rng.choice(list(DIRECTIONS)))
    return Query(
        act,
        of("colour", len(COLOURS)) if colour else None,
        of("shape", len(SHAPES)) if shape else None,
        way if direction else None,
        of("colour2", len(COLOURS)) if colour2 else None,
        (place or str(rng.choice(PLACES))) if where else None,
    )


def mutated(rng: Rng, query: Query, scene: Scene) -> Query:
    """The query with one word replaced, often by one that describes another object of the scene."""
    fields = [f for f in ("colour", "shape", "direction", "colour2", "place") if getattr(query, f) is not None]
    if not fields:
        return query
    field = fields[rng.integers(len(fields))]
    others = [getattr(t, field) for t in scene.things] if field in ("colour", "shape") else []
    others = [v for v in others if v != getattr(query, field)]
    if others and rng.random() < 0.5:
        return _with(query, field, others[rng.integers(len(others))])
    if query.place and field == "place":
        return replace(query, place=OPPOSITE[query.place])
    values: list[str] | list[int] = (
        list(DIRECTIONS) if field == "direction" else list(range(len(SHAPES if field == "shape" else COLOURS)))
    )
    values.remove(getattr(query, field))
    return _with(query, field, values[rng.integers(len(values))])


def _with(query: Query, field: str, value: int | str) -> Query:
    changes: dict[str, Any] = {field: value}
    return replace(query, **changes)


class Asker:
    """Draws queries: for each true one, a false one of the same form, in this or a later scene.

    The form therefore carries no information about the answer.
    """

    def __init__(self, halves: float = 0.35) -> None:
        """halves: the share of queries that name a half of the picture."""
        self.halves = halves
        self.owed: Counter[Form] = Counter()

    def true(
        self, rng: Rng, scene: Scene, times: list[float], count: int, fps: float
    ) -> tuple[Query, list[Event]] | None:
        """A query that holds with its events, or None."""
        events = scene.events()
        for _ in range(12 if events else 0):
            event = events[rng.integers(len(events))]
            place: str | None = None
            if isinstance(event, Dark):
                form: Form = ("light", False, False, False, False, False)
            else:
                acts = ["appear"]
                if event.direction:
                    acts = ["appear", "move", "move"] + ["stop"] * (3 if event.t_stop < event.t1 else 0)
                elif event.colour2 >= 0:
                    acts = ["appear", "turn", "turn", "change"]
                elif rng.random() < 0.4:
                    continue  # otherwise half of all queries would ask for objects that stand still
                act = acts[rng.integers(len(acts))]
                colour, shape = ((True, True), (False, True), (True, False), (False, False))[
                    pick(rng, (0.5, 0.2, 0.2, 0.1))
                ]
                where = bool(rng.random() < self.halves)
                if act == "appear" and not (colour or shape):
                    shape = True
                directed = (act == "move" and rng.random() < 0.75) or (act == "stop" and rng.random() < 0.3)
                form = (act, colour, shape, bool(directed), act == "turn", where)
                place = PLACES[rng.integers(4)]
            if self.owed[form] > 6:
                continue
            query = drawn(rng, form, None if isinstance(event, Dark) else event, place)
            second = -1 if isinstance(event, Dark) else event.colour2
            if query.act == "appear" and query.colour is not None and second >= 0 and rng.random() < 0.5:
                query = replace(query, colour=second)
            verdict, matches = judge(query, scene, times, count, fps)
            if verdict is not True and query.place:
                query = replace(query, place=OPPOSITE[query.place])
                verdict, matches = judge(query, scene, times, count, fps)
            if verdict:
                self.owed[form] += 1
                return query, matches
        return None

    def false(self, rng: Rng, scene: Scene, times: list[float], count: int, fps: float) -> Query | None:
        """A query that does not hold, of a form that owes one, or None."""
        forms = list(self.owed.elements())
        for _ in range(12 if forms else 0):
            form = forms[rng.integers(len(forms))]
            base = scene.things[rng.integers(len(scene.things))] if scene.things and rng.random() < 0.8 else None
            query = drawn(rng, form, base)
            for _ in range(4):
                verdict, _ = judge(query, scene, times, count, fps)
                if verdict is False:
                    self.owed[form] -= 1
                    return query
                query = mutated(rng, query, scene)
        return None
