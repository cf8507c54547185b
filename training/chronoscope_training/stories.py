"""Summaries of summaries: the summary of a longer period, from the descriptions of its parts.

A part is the summary of a window ("A red circle moves left, then the light goes off.") or a summary of several
windows as `tell` writes it ("A red circle, a blue square, the light goes off."). The same question therefore works at
every level: the summary of summaries equals the summary of all their parts.
"""

import re
from collections.abc import Iterable
from typing import TypeAlias

from . import scenes
from .prompts import NOTHING, Row, as_query, summary_answer
from .scenes import LIGHT_TEXT, Event, Rng

Part: TypeAlias = tuple[float, float, str]  # start s, end s, text

LIGHT = as_query(LIGHT_TEXT)
# The order of objects in a summary: by colour, then by shape, the light last.
ITEMS = [f"a {c} {s}" for c in scenes.COLOURS for s in scenes.SHAPES] + [LIGHT]
_NAMED = re.compile(rf"({'|'.join(scenes.COLOURS)}) ({'|'.join(scenes.SHAPES)})|light")


def items_of(text: str) -> set[str]:
    """The members of ITEMS that a description of any level names."""
    return {f"a {m[1]} {m[2]}" if m[1] else LIGHT for m in _NAMED.finditer(text)}


def tell(parts: Iterable[str]) -> str:
    """The summary of these parts: everything that they name, once."""
    named: set[str] = set().union(*map(items_of, parts))
    text = ", ".join(item for item in ITEMS if item in named)
    return text[0].upper() + text[1:] + "." if text else NOTHING


def clock(seconds: float) -> str:
    """mm:ss"""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def lines_of(parts: list[Part]) -> str:
    """The lines of the prompt."""
    return "\n".join(f"{clock(a)} - {clock(b)}: {text}" for a, b, text in parts)


def happenings(rng: Rng, length: float, pace: float) -> list[Event]:
    """Events over `length` seconds, one every `pace` seconds on average, without geometry."""
    out: list[Event] = []
    for _ in range(int(rng.poisson(length / pace))):
        thing = scenes.random_thing(rng, (4 / 3, 1.0))
        out.append(scenes.shifted(thing, rng.uniform(-thing.t1 / 2, length)))
    if rng.random() < 0.25:
        t0 = rng.uniform(0, length)
        out.append(scenes.Dark(t0, t0 + rng.uniform(2, 5), 0.3))
    return sorted(out, key=lambda e: e.t0)


def window_text(rng: Rng, events: list[Event], start: float, length: float) -> str:
    """The model's description of one window: the truth, sometimes with an event repeated or missing."""
    rows: list[Row] = []
    for e in events:
        a, b = max(e.t0, start), min(e.t1, start + length)
        if b - a > 0.3:
            rows.append((a, b, e.describe(a, b)))
    if rows and rng.random() < 0.06:
        rows.insert(int(rng.integers(len(rows) + 1)), rows[rng.integers(len(rows))])
    if rows and rng.random() < 0.06:
        del rows[rng.integers(len(rows))]
    return summary_answer(rows[:6])


def windows(rng: Rng, count: int, first: int = 0) -> list[Part]:
    """The parts for `count` successive windows of one stream."""
    length, overlap = (6, 2) if rng.random() < 0.7 else (int(rng.integers(4, 31)), int(rng.integers(0, 4)))
    step = max(2, length - overlap)
    pace = float(rng.choice([2.5, 4, 7, 15, 40])) * max(1.0, length / 10)
    events = happenings(rng, count * step + overlap, pace)
    return [
        (first + k * step, first + k * step + length, window_text(rng, events, k * step, length)) for k in range(count)
    ]


def sample(rng: Rng, longest: int = 16, level: int | None = None) -> tuple[list[Part], str]:
    """(parts, summary) of a random level, or of the given one."""
    count = int(rng.integers(2, longest + 1))
    first = int(rng.choice([0, 0, int(rng.integers(0, 10_000))]))
    parts: list[Part] = []
    if rng.random() < 0.6 if level is None else level == 1:
        parts = windows(rng, count, first)
    else:
        span = int(rng.choice([30, 60, 300, 600, 3600]))
        # Some streams show everything, others the same few objects repeatedly.
        pool = [ITEMS[i] for i in rng.permutation(len(ITEMS))[: int(rng.integers(2, len(ITEMS) + 1))]]
        for k in range(count):
            size = int(rng.choice([0, int(rng.integers(1, 4)), int(rng.integers(1, 9))], p=[0.15, 0.5, 0.35]))
            named = [pool[i] for i in rng.integers(len(pool), size=size)]
            parts.append((first + k * span, first + (k + 1) * span, tell(named)))
    return parts, tell([p[2] for p in parts])
