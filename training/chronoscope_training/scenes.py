"""Scenes: moving coloured shapes over time, independent of resolution and frame rate.

Lengths are in units of the picture's short side (the picture is `aspect` x 1 or 1 x 1/aspect), times in seconds. A
scene is a pure function of time: any frame can be drawn alone, at any size.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

Rng: TypeAlias = np.random.Generator
Extent: TypeAlias = tuple[float, float]

COLOURS = ("red", "green", "blue", "yellow", "white", "purple")
SHAPES = ("circle", "square", "triangle", "cross")
DIRECTIONS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}
LIGHT_TEXT = "The light goes off."
# The slowest motion that shows between the two frames of a pair at 4 fps and 84 pixels (about 3 pixels).
MIN_SPEED = 0.13


@dataclass
class Thing:
    """One object, which is one event: visible in [t0, t1)."""

    colour: int
    shape: int
    radius: float
    t0: float
    t1: float
    start: tuple[float, float]  # position at t0
    velocity: tuple[float, float]  # short sides per second, until t_stop
    t_stop: float  # end of the motion (t1 for an object that never stops)
    colour2: int = -1  # colour from t_change on
    t_change: float = 1e9
    direction: str = ""  # "" for an object that stands still
    tilt: float = 0.0  # radians
    tint: tuple[int, int, int] = (0, 0, 0)

    def visible(self, t: float) -> bool:
        return self.t0 <= t < self.t1

    def position(self, t: float) -> tuple[float, float]:
        dt = min(max(t, self.t0), self.t_stop) - self.t0
        return self.start[0] + self.velocity[0] * dt, self.start[1] + self.velocity[1] * dt

    def moving(self, t: float) -> bool:
        return bool(self.direction) and self.t0 <= t < self.t_stop

    def colour_at(self, t: float) -> int:
        return self.colour2 if t >= self.t_change else self.colour

    def identities(self) -> set[tuple[int, int]]:
        """The (colour, shape) pairs that the object shows during its life."""
        out = {(self.colour, self.shape)}
        if self.colour2 >= 0:
            out.add((self.colour2, self.shape))
        return out

    def describe(self, a: float | None = None, b: float | None = None) -> str:
        """What the object does between a and b seconds (during its whole life by default)."""
        a = self.t0 if a is None else max(a, self.t0)
        b = self.t1 if b is None else min(b, self.t1)
        colour, shape = COLOURS[self.colour], SHAPES[self.shape]
        if self.colour2 >= 0 and self.t_change < b:
            if self.t_change > a:
                return f"A {colour} {shape} turns {COLOURS[self.colour2]}."
            colour = COLOURS[self.colour2]
        if self.direction and self.t_stop - a > 0.4:
            stops = b - self.t_stop > 0.4
            return f"A {colour} {shape} moves {self.direction}{' and stops' if stops else ''}."
        return f"A {colour} {shape} appears."


@dataclass
class Dark:
    """The light is off in [t0, t1): the whole picture is dimmed to `level`."""

    t0: float
    t1: float
    level: float

    def describe(self, a: float | None = None, b: float | None = None) -> str:
        """The same words for any part of the period."""
        return LIGHT_TEXT


Event: TypeAlias = Thing | Dark


@dataclass
class Scene:
    """Objects and dark periods in front of one background."""

    aspect: float  # width / height
    things: list[Thing] = field(default_factory=list)
    darks: list[Dark] = field(default_factory=list)
    background: int = 0  # seed of the background

    @property
    def extent(self) -> Extent:
        """(width, height) in short sides."""
        return (self.aspect, 1.0) if self.aspect >= 1 else (1.0, 1.0 / self.aspect)

    def events(self) -> list[Event]:
        """All events in order of their start."""
        return sorted([*self.things, *self.darks], key=lambda e: (e.t0, e.t1))

    def light(self, t: float) -> float:
        """The brightness at time t: 1 in full light."""
        for d in self.darks:
            if d.t0 <= t < d.t1:
                return d.level
        return 1.0


KINDS = ("appear", "move", "move_stop", "turn")
KIND_WEIGHTS = (0.24, 0.48, 0.16, 0.12)


def random_thing(
    rng: Rng,
    extent: Extent,
    kind: str | None = None,
    direction: str | None = None,
    duration: float | None = None,
    weights: tuple[float, ...] = KIND_WEIGHTS,
) -> Thing:
    """An object whose life begins at t0 = 0; `shifted` moves it in time."""
    kind = kind or str(rng.choice(KINDS, p=weights))
    radius = rng.uniform(0.15, 0.22)
    colour, shape = int(rng.integers(6)), int(rng.integers(4))
    room = [max(e - 2 * radius * 1.05, 0.05) for e in extent]
    lo = radius * 1.05
    pos = [lo + rng.uniform(0, room[0]), lo + rng.uniform(0, room[1])]
    tilt, tint = rng.uniform(-0.2, 0.2), _tint(rng)
    still = duration or rng.uniform(1.2, 7.0)
    if kind in ("appear", "turn"):
        thing = Thing(colour, shape, radius, 0.0, still, (pos[0], pos[1]), (0, 0), still, tilt=tilt, tint=tint)
        if kind == "turn":
            thing.t1 = thing.t_stop = max(still, 2.4)
            thing.t_change = thing.t1 * rng.uniform(0.35, 0.65)
            thing.colour2 = int((colour + rng.integers(1, 6)) % 6)
        return thing
    direction = direction or str(rng.choice(list(DIRECTIONS)))
    d = DIRECTIONS[direction]
    axis = 0 if d[0] else 1
    longest = room[axis] / MIN_SPEED
    moving = rng.uniform(1.2, max(1.6, min(6.0, longest)))
    speed = min(rng.uniform(MIN_SPEED, 0.42), room[axis] / moving)
    path = speed * moving
    first = lo + rng.uniform(0, max(0.0, room[axis] - path))
    pos[axis] = first if d[axis] > 0 else first + path
    total = moving + (rng.uniform(1.0, 3.5) if kind == "move_stop" else 0.0)
    return Thing(
        colour,
        shape,
        radius,
        0.0,
        total,
        (pos[0], pos[1]),
        (d[0] * speed, d[1] * speed),
        moving,
        direction=direction,
        tilt=tilt,
        tint=tint,
    )


def _tint(rng: Rng) -> tuple[int, int, int]:
    red, green, blue = (int(v) for v in rng.integers(-16, 17, 3))
    return red, green, blue


def shifted(thing: Thing, t: float) -> Thing:
    """The same object with its life moved by t seconds."""
    thing.t0 += t
    thing.t1 += t
    thing.t_stop += t
    if thing.colour2 >= 0:
        thing.t_change += t
    return thing


def collides(a: Thing, b: Thing, allowed: float = 0.9) -> bool:
    """Whether two objects come closer than `allowed` times the sum of their radii while both are visible."""
    lo, hi = max(a.t0, b.t0), min(a.t1, b.t1)
    if lo >= hi:
        return False
    reach = allowed * (a.radius + b.radius)
    for t in np.linspace(lo, hi, 9):
        (ax, ay), (bx, by) = a.position(t), b.position(t)
        if (ax - bx) ** 2 + (ay - by) ** 2 < reach * reach:
            return True
    return False


def fits(scene: Scene, thing: Thing, quiet: float = 10.0, allowed: float = 0.9) -> bool:
    """No collision, and no second object of the same colour and shape within `quiet` seconds."""
    for other in scene.things:
        near = other.t0 - quiet < thing.t1 and thing.t0 < other.t1 + quiet
        if near and other.identities() & thing.identities():
            return False
        if collides(other, thing, allowed):
            return False
    return True


def crossing_pair(rng: Rng, extent: Extent) -> list[Thing]:
    """Two objects that pass each other in opposite directions; one may partly cover the other."""
    ways = ("left", "right") if rng.random() < 0.5 else ("up", "down")
    duration = rng.uniform(2.0, 4.5)
    pair = []
    for way in ways:
        thing = random_thing(rng, extent, "move", way)
        axis = 0 if way in ("left", "right") else 1
        room = extent[axis] - 2.1 * thing.radius
        speed = min(0.42, room / duration)
        pos = list(thing.start)
        pos[axis] = extent[axis] / 2 - (1 if way in ("right", "down") else -1) * speed * duration / 2
        thing.start = pos[0], pos[1]
        thing.velocity = DIRECTIONS[way][0] * speed, DIRECTIONS[way][1] * speed
        thing.t1 = thing.t_stop = duration
        pair.append(thing)
    return pair


def random_aspect(rng: Rng) -> float:
    """The aspect of a common video format."""
    return float(rng.choice([4 / 3, 16 / 9, 1.0, 3 / 4, 9 / 16]))


def window_scene(
    rng: Rng,
    length: float,
    aspect: float,
    count: int,
    light_probability: float = 0.08,
    weights: tuple[float, ...] = KIND_WEIGHTS,
) -> Scene:
    """A scene whose window [0, length) is a cut from a longer time.

    Events may begin before and end after it. The generator tries to place `count` events.
    """
    scene = Scene(aspect, background=int(rng.integers(2**31)))

    def place(things: list[Thing], allowed: float) -> bool:
        begin = rng.uniform(-things[0].t1 + 0.25, length - 0.25)
        for t in things:
            shifted(t, begin)
        clash = len(things) > 1 and (
            things[0].identities() & things[1].identities() or collides(things[0], things[1], 0.45)
        )
        if not clash and all(fits(scene, t, allowed=allowed) for t in things):
            scene.things.extend(things)
            return True
        return False

    if count >= 2 and rng.random() < 0.18:
        for _ in range(10):
            if place(crossing_pair(rng, scene.extent), 0.9):
                count -= 2
                break
    for _ in range(count):
        for _ in range(12):
            if place([random_thing(rng, scene.extent, weights=weights)], 0.9):
                break
    if rng.random() < light_probability:
        d = rng.uniform(1.5, 5.0)
        t0 = rng.uniform(-d + 0.25, length - 0.25)
        scene.darks.append(Dark(t0, t0 + d, rng.uniform(0.22, 0.38)))
    return scene


def long_scene(rng: Rng, duration: float, aspect: float, at_once: int = 3, pace: float = 4.0) -> Scene:
    """A scene of `duration` seconds in which an event begins every `pace` seconds on average.

    At most `at_once` events lie within about 2 s of each other; quiet periods separate them.
    """
    scene = Scene(aspect, background=int(rng.integers(2**31)))
    for _ in range(int(duration / pace * 6) + 1):
        if len(scene.things) >= duration / pace:
            break
        if rng.random() < 0.12 and at_once >= 2:
            things = crossing_pair(rng, scene.extent)
            if things[0].identities() & things[1].identities() or collides(things[0], things[1], 0.45):
                continue
        else:
            things = [random_thing(rng, scene.extent)]
        longest = max(t.t1 for t in things)
        if duration - longest < 1.0:
            continue
        begin = rng.uniform(0.5, duration - longest - 0.3)
        for t in things:
            shifted(t, begin)
        near = sum(1 for e in scene.events() if e.t0 < begin + longest + 2 and begin - 2 < e.t1)
        if near + len(things) <= at_once and all(fits(scene, t) for t in things):
            scene.things.extend(things)
    if duration > 15:
        for _ in range(int(duration / 40) + int(rng.random() < 0.4)):
            d = rng.uniform(2.0, 5.0)
            t0 = rng.uniform(1.0, duration - d - 0.5)
            near = sum(1 for e in scene.events() if e.t0 < t0 + d + 2 and t0 - 2 < e.t1)
            if near + 1 <= at_once:
                scene.darks.append(Dark(t0, t0 + d, rng.uniform(0.22, 0.38)))
    return scene
