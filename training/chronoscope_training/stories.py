"""Summaries of summaries: what a longer stretch of video comes to, told from the descriptions of its parts.

Parts are summaries of windows ("A red circle moves left, then the light goes off.") or of several windows in the
form that `tell` gives them ("A red circle, a blue square, the light goes off."), so that the same question works at
every level: the summary of summaries is the summary of all their parts.
"""
import re

from . import scenes
from .prompts import LIGHT_TEXT, NOTHING, as_query, summary_answer

LIGHT = as_query(LIGHT_TEXT)
# The order in which things are told: by colour, then by shape, the light last.
ITEMS = [f"a {c} {s}" for c in scenes.COLOURS for s in scenes.SHAPES] + [LIGHT]
_NAMED = re.compile(rf"({'|'.join(scenes.COLOURS)}) ({'|'.join(scenes.SHAPES)})|light")


def items_of(text):
    """The things that a description of any level names: members of ITEMS."""
    return {f"a {m[1]} {m[2]}" if m[1] else LIGHT for m in _NAMED.finditer(text)}


def tell(parts):
    """The summary of these parts: every thing that they name, once."""
    named = set().union(*map(items_of, parts))
    text = ", ".join(item for item in ITEMS if item in named)
    return text[0].upper() + text[1:] + "." if text else NOTHING


def clock(seconds):
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def lines_of(parts):
    """[(start s, end s, text)] -> the lines of the prompt."""
    return "\n".join(f"{clock(a)} - {clock(b)}: {text}" for a, b, text in parts)


def happenings(rng, length, pace):
    """Things that come and go over `length` seconds, one every `pace` seconds on average; no geometry."""
    out = []
    for _ in range(int(rng.poisson(length / pace))):
        thing = scenes.random_thing(rng, (4 / 3, 1.0))
        out.append(scenes.shifted(thing, rng.uniform(-thing.t1 / 2, length)))
    if rng.random() < 0.25:
        t0 = rng.uniform(0, length)
        out.append(scenes.Dark(t0, t0 + rng.uniform(2, 5), 0.3))
    return sorted(out, key=lambda e: e.t0)


def window_text(rng, events, start, length):
    """What the model says about one window: mostly the truth, at times with a thing told twice or left out."""
    rows = []
    for e in events:
        a, b = max(e.t0, start), min(e.t1, start + length)
        if b - a > 0.3:
            rows.append((a, b, e.describe(a, b)))
    if rows and rng.random() < 0.06:
        rows.insert(int(rng.integers(len(rows) + 1)), rows[rng.integers(len(rows))])
    if rows and rng.random() < 0.06:
        del rows[rng.integers(len(rows))]
    return summary_answer(rows[:6])


def windows(rng, count, first=0):
    """`count` successive windows of one stream, as `lines_of` takes them."""
    length, overlap = (8, 3) if rng.random() < 0.7 else (int(rng.integers(4, 31)), int(rng.integers(0, 4)))
    step = max(2, length - overlap)
    pace = float(rng.choice([2.5, 4, 7, 15, 40])) * max(1.0, length / 10)
    events = happenings(rng, count * step + overlap, pace)
    return [(first + k * step, first + k * step + length, window_text(rng, events, k * step, length))
            for k in range(count)]


def sample(rng, longest=16, level=None):
    """(parts, summary) of some level."""
    count = int(rng.integers(2, longest + 1))
    first = int(rng.choice([0, 0, rng.integers(0, 10_000)]))
    if rng.random() < 0.6 if level is None else level == 1:
        parts = windows(rng, count, first)
    else:
        parts, span = [], int(rng.choice([30, 60, 300, 600, 3600]))
        # Some streams show everything, some the same few things again and again.
        pool = [ITEMS[i] for i in rng.permutation(len(ITEMS))[:int(rng.integers(2, len(ITEMS) + 1))]]
        for k in range(count):
            size = int(rng.choice([0, rng.integers(1, 4), rng.integers(1, 9)], p=[0.15, 0.5, 0.35]))
            named = [pool[i] for i in rng.integers(len(pool), size=size)]
            parts.append((first + k * span, first + (k + 1) * span, tell(named)))
    return parts, tell([p[2] for p in parts])
