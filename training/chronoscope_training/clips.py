"""Batches for `sprint`: clips as the parameters of their pictures, with tokens and targets, as numpy arrays.

Producers run in processes of their own and draw nothing: `canvas.py` draws the pictures on the trainer's device.
"""

import time
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from . import data, lessons, queries
from .data import Grid, Shot, Text
from .render import MOTIONS, RGB
from .scenes import Rng

Arrays: TypeAlias = dict[str, Any]  # numpy arrays and sizes
Array: TypeAlias = npt.NDArray[Any]

BLURRED, CODED = 0.4, (0.28, 0.58)  # the shares of clips that are blurred and compressed, as ranges of the batch
REACH = 0.22 * 1.3  # half the side of the largest object's box, in short sides


def extent_of(aspect: float) -> tuple[float, float]:
    """(width, height) in short sides."""
    return (aspect, 1.0) if aspect >= 1 else (1.0, 1.0 / aspect)


def pictures(rng: Rng, shots: list[Shot], grid: Grid, aspect: float) -> Arrays:
    """Everything that `canvas.draw` needs to draw these windows, whose pictures have that aspect."""
    extent = extent_of(aspect)
    height, width = 28 * grid[0], 28 * grid[1]
    sx, sy = width / extent[0], height / extent[1]
    times = np.array([s.times for s in shots])
    clips, frames = times.shape
    owner = np.array([n for n, s in enumerate(shots) for _ in s.scene.things], np.int64)
    slot = np.array([k for s in shots for k in range(len(s.scene.things))], np.int64)
    things = [t for s in shots for t in s.scene.things]

    def of(name: str) -> Array:
        return np.array([getattr(t, name) for t in things], float).reshape(len(things), -1)

    at = times[owner]  # [things, frames]
    t0, t1, t_stop, t_change = (of(n) for n in ("t0", "t1", "t_stop", "t_change"))
    seen = (t0 <= at) & (at < t1)
    lasted = (np.minimum(np.maximum(at, t0), t_stop) - t0)[..., None]
    place = of("start")[:, None] + of("velocity")[:, None] * lasted if things else np.zeros((0, frames, 2))
    colour = np.where(at >= t_change, of("colour2"), of("colour")).astype(int)
    order = np.lexsort((np.nonzero(seen)[1], slot[np.nonzero(seen)[0]]))
    thing, frame = (i[order] for i in np.nonzero(seen))
    centre, radius, tilt = place[thing, frame], of("radius")[thing, 0], of("tilt")[thing, 0]
    box = [min(size, int(2 * REACH * s) + 5) for size, s in ((width, sx), (height, sy))]
    corner = np.floor((centre - 1.3 * radius[:, None]) * (sx, sy)).astype(np.int64) - 1
    corner = np.clip(corner, 0, (width - box[0], height - box[1]))
    slots = max([len(s.scene.things) for s in shots], default=0) or 1
    light = np.array([[s.scene.light(t) for t in s.times] for s in shots])
    dark = light < 1
    return {
        "size": (clips, frames, height, width),
        "scale": (sx, sy),
        "extent": extent,
        "box": tuple(box),
        # Objects of one slot never share a frame, so each slot is drawn at once.
        "slot_ends": [int(np.searchsorted(slot[thing], k, "right")) for k in range(slots)],
        "draw_frame": owner[thing] * frames + frame,
        "draw_slot": slot[thing],
        "draw_shape": np.array([t.shape for t in things], np.int64)[thing],
        "draw_corner": corner,
        "draw_centre": centre.astype(np.float32),
        "draw_form": np.stack((radius, np.cos(tilt), np.sin(tilt)), 1).astype(np.float32),
        "draw_colour": (RGB[colour[thing, frame]] + of("tint")[thing]).astype(np.float32)
        if things
        else np.zeros((0, 3), np.float32),
        "light": light.astype(np.float32),
        "repeated": np.array([s.count < frames for s in shots]),
        "thing_labels": thing_labels(shots, slots, times, seen, place, colour, owner, slot, extent),
        "dark": (dark[:, ::2] + 2 * dark[:, 1::2]).astype(np.int8),
        **surroundings(rng, clips),
    }


def thing_labels(
    shots: list[Shot],
    slots: int,
    times: Array,
    seen: Array,
    place: Array,
    colour: Array,
    owner: Array,
    slot: Array,
    extent: tuple[float, float],
) -> Array:
    """The labels that a token gets where an object covers it, as `render.token_labels` has them.

    int8 [clips, pairs, slots, 6]: colour, shape, motion, presence, x and y.
    """
    clips, frames = times.shape
    out = np.zeros((clips, frames // 2, slots, 6), np.int8)
    things = [t for s in shots for t in s.scene.things]
    if not things:
        return out

    def of(name: str) -> Array:
        return np.array([getattr(t, name) for t in things], float)[:, None]

    ta, tb = times[owner, ::2], times[owner, 1::2]
    t0, t_stop, t_change = (of(n) for n in ("t0", "t_stop", "t_change"))
    found = np.empty((len(things), frames // 2, 6))
    found[..., 0] = np.where((t_change > ta) & (t_change <= tb), -1, 1 + colour[:, ::2])
    found[..., 1] = 1 + of("shape")
    va, vb = seen[:, ::2], seen[:, 1::2]
    direction = np.array([MOTIONS.index(t.direction) if t.direction else 1 for t in things])[:, None]
    moving = (direction > 1) & (t0 <= ta) & (ta < t_stop)
    long = np.minimum(tb, t_stop) - ta > 0.6 * (tb - ta)
    motion = np.where(moving, np.where(long, direction, -1), 1)
    found[..., 2] = np.where(va & vb & (tb > ta), motion, -1)
    found[..., 3] = va + 2 * vb
    # The place at the middle of the pair; objects move evenly until they stop.
    middle = np.minimum(np.maximum((ta + tb) / 2, t0), t_stop) - t0
    start = np.array([t.start for t in things])[:, None]
    velocity = np.array([t.velocity for t in things])[:, None]
    found[..., 4:] = np.clip(np.round(100 * (start + velocity * middle[..., None]) / extent), -100, 120)
    out[owner, :, slot] = found
    return out


def surroundings(rng: Rng, clips: int) -> Arrays:
    """The backgrounds and cameras of `render.background` and `render.clip`."""
    return {
        "grey": (rng.uniform(45, 125, (clips, 1)) + rng.uniform(-14, 14, (clips, 3))).astype(np.float32),
        "strength": (rng.uniform(0, 1, (clips, 4)) * (28, 20, 14, 9) * 0.6).astype(np.float32),
        "stain": (1 + rng.normal(0, 0.12, (clips, 4, 3))).astype(np.float32),
        # Amplitude, angle and frequency of stripes; amplitude of bricks.
        "pattern": pattern(rng, clips),
        "bricks": int(rng.integers(3, 9)),
        "noise": rng.uniform(0.5, 5, clips).astype(np.float32),
        "gain": rng.uniform(0.88, 1.1, clips).astype(np.float32),
        "offset": rng.uniform(-8, 8, clips).astype(np.float32),
        "blur": rng.uniform(0.3, 0.75, int(BLURRED * clips)).astype(np.float32),
        "quality": rng.integers(55, 96, int(CODED[1] * clips) - int(CODED[0] * clips)).astype(np.float32),
    }


def pattern(rng: Rng, clips: int) -> Array:
    """float32 [clips, 4]: amplitude, angle and frequency of stripes, amplitude of bricks; most amplitudes are 0."""
    style = rng.random(clips)
    stripes, bricks = style < 0.35, (style >= 0.35) & (style < 0.55)
    return np.stack(
        (
            stripes * rng.uniform(4, 14, clips),
            rng.uniform(0, np.pi, clips),
            rng.uniform(8, 40, clips),
            bricks * rng.uniform(4, 12, clips),
        ),
        1,
    ).astype(np.float32)


# Window lengths in seconds, rates and shares of `sprint`; the service asks about 6 s windows and shorter early looks.
SPRINT: data.Spec = {
    "count": (0.30, 0.24, 0.23, 0.16, 0.07),
    "light": 0.1,
    "lessons": 0.5,
    "length": {1: 0.02, 2: 0.05, 3: 0.07, 4: 0.08, 5: 0.07, 6: 0.45, 7: 0.05, 8: 0.09, 10: 0.09, 12: 0.03},
}
SPRINT_FPS: dict[float, float] = {2: 0.28, 1: 0.20, 4: 0.25, 0.5: 0.12, 0.7: 0.03, 1.5: 0.04, 2.5: 0.03, 3: 0.05}
UNEVEN = 0.25
RARE = 0.35  # share of the batches with texts, and of those with questions on half of the tokens
LIMITS = (44, 104)  # tokens of the longest branch of each group but the last


class Work(NamedTuple):
    """What producers make.

    cost: a batch's size at the end in tokens of the decoder, about; it begins at half of that. queries: the most
    pairs of queries about a clip. story_tokens: tokens of texts in a batch that has any. end: of the training, as
    `time.time` has it.
    """

    cost: int
    queries: int
    story_tokens: int
    end: float


def sample(rng: Rng, text: Text, lesson: lessons.Lesson, work: Work, done: float) -> Arrays:
    """A batch: clips of one grid, aspect and number of frame pairs with all questions about them, and texts.

    done: the share of the training's time; batches grow, and texts get longer over the first third.
    """
    grid = data.pick(rng, {g: share for g, (_, share) in data.GRIDS.items()})
    aspects = data.GRIDS[grid][0]
    aspect = aspects[rng.integers(len(aspects))]
    table = {(f, s): fw * sw for f, fw in SPRINT_FPS.items() for s, sw in SPRINT["length"].items()}
    pairs = data.pairs_of(*data.pick(rng, table))
    table = {k: w for k, w in table.items() if data.pairs_of(*k) == pairs}
    cost = work.cost * (1 + min(1.0, done)) / 2
    # The encoder's work on a merged token is that of the decoder on about one and a half.
    clips = int(np.clip(cost // (2.5 * pairs * grid[0] * grid[1] + 220), 8, 1536))
    shots = [data.sample_shot(rng, SPRINT, *data.pick(rng, table), aspect, rng.random() < UNEVEN) for _ in range(clips)]
    branches = []
    for shot in shots:
        parts = text.branches(rng, shot.events, 0.95, 0.2)
        if rng.random() < 0.7:
            parts += text.lesson(rng, lesson, shot, int(rng.integers(1, work.queries + 1)))
        branches.append(parts or text.branches(rng, shot.events, 1.0, 0.2))
    out = pictures(rng, shots, grid, aspect)
    out |= packed(text, branches, shots, grid)
    out["half"] = half(rng, text, shots[: clips // 2], grid) if rng.random() < RARE else None
    out["story"] = None
    if work.story_tokens and rng.random() < RARE:
        out["story"] = tokens_of(
            data.sample_stories(rng, work.story_tokens, text, 4 if done < 0.12 else 8 if done < 0.3 else 16)
        )
    return out


def packed(text: Text, branches: list[list[data.Branch]], shots: list[Shot], grid: Grid) -> Arrays:
    """The clips' tokens, as `data.pack` lays them out."""
    batch = data.pack(text, branches, [s.times[::2] for s in shots], grid, LIMITS)
    return {
        **tokens_of(batch),
        **{k: batch[k] for k in ("clips", "prefix", "head", "video")},
        "groups": [(owner.numpy(), length) for owner, length in batch["groups"]],
    }


def half(rng: Rng, text: Text, shots: list[Shot], grid: Grid) -> Arrays | None:
    """Questions that the service asks on the tokens of one half of the picture alone, or None.

    Whether something happens there; a row or column of tokens in the middle belongs to neither half.
    """
    place = queries.PLACES[rng.integers(4)]
    rows, columns = (max(1, n // 2) for n in grid)
    kept = {
        "upper": (0, rows, 0, grid[1]),
        "lower": (grid[0] - rows, grid[0], 0, grid[1]),
        "left": (0, grid[0], 0, columns),
        "right": (0, grid[0], grid[1] - columns, grid[1]),
    }[place]
    branches: list[list[data.Branch]] = []
    asker = queries.Asker(halves=1.0)
    for shot in shots:
        here: list[data.Branch] = []
        facts = shot.scene, shot.times, shot.count, shot.fps
        for _ in range(2):
            found = asker.true(rng, *facts)
            asked = [found[0]] if found else []
            if rng.random() < 0.3:
                other = asker.false(rng, *facts)
                asked += [other] if other else []
            for query in asked:
                if query.place in (place, queries.OPPOSITE[place]):
                    so = queries.judge(replace(query, place=place), *facts)[0]
                    if so is not None:
                        here.append(text.presence_branch(replace(query, place=None).words(rng), so))
        branches.append(here)
    if not any(branches):
        return None
    size = (kept[1] - kept[0], kept[3] - kept[2])
    return {**packed(text, branches, shots, size), "kept": kept}


def tokens_of(batch: data.Batch) -> Arrays:
    """Token ids, positions and the targets with their places, in small types."""
    target = batch["target"].numpy()
    at = np.flatnonzero(target != data.IGNORE)
    return {
        "ids": batch["ids"].numpy().astype(np.int16),
        "positions": batch["positions"].numpy().astype(np.int16),
        "at": at.astype(np.int32),
        "target": target.ravel()[at].astype(np.int16),
    }


def produce(seed: list[int], text: Text, queue: Any, work: Work) -> None:
    """The body of a producer's process: fills the queue until it is ended."""
    import torch

    torch.set_num_threads(1)
    rng, lesson, began = np.random.default_rng(seed), lessons.Lesson(), time.time()
    while True:
        done = (time.time() - began) / max(1.0, work.end - began)
        queue.put(sample(rng, text, lesson, work, done))
