"""Draws frames of a scene with numpy: anti-aliased shapes by signed distance, each in its own bounding box.

The drawing is independent of the resolution: a frame drawn at 84x112 looks like a large frame after antialiased
downscaling.
"""

from typing import Literal, TypeAlias, overload

import cv2
import numpy as np
import numpy.typing as npt

from .scenes import DIRECTIONS, Extent, Rng, Scene, Thing

Picture: TypeAlias = npt.NDArray[np.float32]  # [height, width, 3] in 0..255
Frames: TypeAlias = npt.NDArray[np.uint8]  # [n, height, width, 3]
Labels: TypeAlias = npt.NDArray[np.int8]
Cover: TypeAlias = tuple[int, int, npt.NDArray[np.float32]]  # x0, y0, coverage [h, w]

RGB = np.array(
    [(214, 38, 38), (36, 176, 60), (40, 76, 228), (236, 214, 44), (242, 242, 242), (150, 44, 190)], np.float32
)
_NOISE = np.random.default_rng(7).normal(0, 1, 1 << 20).astype(np.float32)


def background(seed: int, width: int, height: int, extent: Extent) -> Picture:
    """A static textured background without saturated colours, about 20..170."""
    rng = np.random.default_rng(seed)
    grey = rng.uniform(45, 125)
    tint = rng.uniform(-14, 14, 3).astype(np.float32)
    out = np.full((height, width, 3), grey, np.float32) + tint
    for cells, strength in (
        (2, rng.uniform(0, 28)),
        (6, rng.uniform(0, 20)),
        (16, rng.uniform(0, 14)),
        (40, rng.uniform(0, 9)),
    ):
        gw, gh = max(2, round(cells * extent[0])), max(2, round(cells * extent[1]))
        field = rng.normal(0, 1, (gh, gw)).astype(np.float32) * strength * 0.6
        colour = rng.normal(0, 1, 3).astype(np.float32) * 0.12
        big = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC if gw < width else cv2.INTER_AREA)
        out += big[..., None] * (1 + colour)
    style = rng.random()
    if style < 0.35:  # stripes
        xs = (np.arange(width, dtype=np.float32) + 0.5) / width * extent[0]
        ys = (np.arange(height, dtype=np.float32) + 0.5) / height * extent[1]
        a = rng.uniform(0, np.pi)
        phase = (xs[None] * np.cos(a) + ys[:, None] * np.sin(a)) * rng.uniform(8, 40)
        out += (np.sin(phase) * rng.uniform(4, 14))[..., None]
    elif style < 0.55:  # bricks of slightly different grey
        n = int(rng.integers(3, 9))
        bricks = rng.normal(0, rng.uniform(4, 12), (max(1, round(n * extent[1])), max(1, round(n * extent[0]))))
        out += cv2.resize(bricks.astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)[..., None]
    return np.clip(out, 12, 172)


def alpha(thing: Thing, t: float, width: int, height: int, extent: Extent) -> Cover | None:
    """Coverage of an object at time t: (x0, y0, float32 [h, w] in 0..1), or None outside the picture."""
    cx, cy = thing.position(t)
    sx, sy = width / extent[0], height / extent[1]
    reach = thing.radius * 1.3
    x0, x1 = max(0, int((cx - reach) * sx) - 1), min(width, int((cx + reach) * sx) + 2)
    y0, y1 = max(0, int((cy - reach) * sy) - 1), min(height, int((cy + reach) * sy) + 2)
    if x0 >= x1 or y0 >= y1:
        return None
    x = ((np.arange(x0, x1, dtype=np.float32) + 0.5) / sx - np.float32(cx))[None]
    y = ((np.arange(y0, y1, dtype=np.float32) + 0.5) / sy - np.float32(cy))[:, None]
    r = thing.radius
    if thing.shape == 0:
        d = np.sqrt(x * x + y * y) - np.float32(r)
    else:
        c, s = np.float32(np.cos(thing.tilt)), np.float32(np.sin(thing.tilt))
        x, y = x * c + y * s, y * c - x * s
        if thing.shape == 1:
            d = np.maximum(np.abs(x), np.abs(y)) - np.float32(0.88 * r)
        elif thing.shape == 2:  # equilateral, one corner up, circumradius 1.22 r
            y = y - np.float32(0.2 * r)
            d = np.maximum(y, np.abs(x) * np.float32(0.8660254) - y * np.float32(0.5)) - np.float32(0.61 * r)
        else:
            ax, ay, thin, long = np.abs(x), np.abs(y), np.float32(0.34 * r), np.float32(1.12 * r)
            d = np.minimum(np.maximum(ax - thin, ay - long), np.maximum(ax - long, ay - thin))
    return x0, y0, np.clip(0.5 - d * np.float32((sx + sy) / 2), 0, 1)


def draw(scene: Scene, back: Picture, t: float, masks: list[tuple[int, Cover]] | None = None) -> Picture:
    """One frame at the size of the background `back`; `masks` receives (object number, coverage)."""
    height, width = back.shape[:2]
    frame = back.copy()
    for number, thing in enumerate(scene.things):
        if thing.visible(t):
            a = alpha(thing, t, width, height, scene.extent)
            if a is None:
                continue
            x0, y0, m = a
            box = frame[y0 : y0 + m.shape[0], x0 : x0 + m.shape[1]]
            box += m[..., None] * (RGB[thing.colour_at(t)] + np.array(thing.tint, np.float32) - box)
            if masks is not None:
                masks.append((number, a))
    light = scene.light(t)
    return frame if light == 1.0 else frame * np.float32(light)


MOTIONS = ("none", "still", *DIRECTIONS)


@overload
def clip(
    rng: Rng, scene: Scene, times: list[float], width: int, height: int, labels: Literal[False] = False
) -> Frames: ...
@overload
def clip(
    rng: Rng, scene: Scene, times: list[float], width: int, height: int, labels: Literal[True]
) -> tuple[Frames, Labels]: ...
def clip(
    rng: Rng, scene: Scene, times: list[float], width: int, height: int, labels: bool = False
) -> Frames | tuple[Frames, Labels]:
    """Frames at the given times with noise, blur and compression as cameras produce them.

    With `labels` also the labels of every frame pair and merged token (28x28 pixels), int8 [n/2, 7, h/28, w/28]:
    colour (0 none), shape (0 none), motion (index into MOTIONS), presence (0 none, 1 first frame, 2 second, 3 both),
    dark (the same four), the object's x and y in hundredths of the picture; -1 excludes a token from training.
    """
    extent = scene.extent
    back = background(scene.background, width, height, extent)
    n, rows, cols = len(times), height // 28, width // 28
    out = np.empty((n, height, width, 3), np.uint8)
    cover: npt.NDArray[np.float32] = np.zeros((len(scene.things), n, rows, cols), np.float32)
    noise = rng.uniform(0.5, 5.0)
    gain, offset = rng.uniform(0.88, 1.1), rng.uniform(-8, 8)
    blur = rng.uniform(0.3, 0.75) if rng.random() < 0.4 else 0
    quality = int(rng.integers(55, 96)) if rng.random() < 0.3 else 0
    size = height * width * 3
    for k, t in enumerate(times):
        if k and times[k - 1] == t:
            out[k] = out[k - 1]
            cover[:, k] = cover[:, k - 1]
            continue
        masks: list[tuple[int, Cover]] | None = [] if labels else None
        frame = draw(scene, back, t, masks)
        if blur:
            frame = cv2.GaussianBlur(frame, (0, 0), blur).astype(np.float32)
        start = int(rng.integers(len(_NOISE) - size))
        noisy = frame * gain + offset + _NOISE[start : start + size].reshape(frame.shape) * noise
        out[k] = np.clip(noisy + 0.5, 0, 255).astype(np.uint8)
        if quality:
            coded = cv2.imencode(".jpg", out[k], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
            assert decoded is not None
            out[k] = decoded
        if masks is not None:
            for number, (x0, y0, m) in masks:
                full = np.zeros((height, width), np.float32)
                full[y0 : y0 + m.shape[0], x0 : x0 + m.shape[1]] = m
                cover[number, k] = full.reshape(rows, 28, cols, 28).mean((1, 3))
    return (out, token_labels(scene, times, cover)) if labels else out


def token_labels(scene: Scene, times: list[float], cover: npt.NDArray[np.float32]) -> Labels:
    """The labels of each merged token by the object that covers most of it."""
    n, rows, cols = len(times), *cover.shape[2:]
    out = np.zeros((n // 2, 7, rows, cols), np.int8)
    out[:, 5:] = -1
    width, height = scene.extent
    for p in range(n // 2):
        ta, tb = times[2 * p], times[2 * p + 1]
        out[p, 4] = (scene.light(ta) < 1) + 2 * (scene.light(tb) < 1)
        if not len(scene.things):
            continue
        pair = cover[:, 2 * p : 2 * p + 2]  # [objects, 2, rows, cols]
        best = pair.max(1)
        who, amount = best.argmax(0), best.max(0)
        for i in range(rows):
            for j in range(cols):
                if amount[i, j] < 0.04:
                    continue
                if amount[i, j] < 0.18:
                    out[p, :4, i, j] = -1
                    continue
                thing = scene.things[who[i, j]]
                if thing.t_change > ta and thing.t_change <= tb:
                    out[p, 0, i, j] = -1
                else:
                    out[p, 0, i, j] = 1 + thing.colour_at(ta)
                out[p, 1, i, j] = 1 + thing.shape
                x, y = thing.position((ta + tb) / 2)
                out[p, 5:, i, j] = round(100 * x / width), round(100 * y / height)
                va, vb = thing.visible(ta), thing.visible(tb)
                if not (va and vb) or tb == ta:
                    out[p, 2, i, j] = -1
                elif thing.moving(ta) and min(tb, thing.t_stop) - ta > 0.6 * (tb - ta):
                    out[p, 2, i, j] = MOTIONS.index(thing.direction)
                elif thing.moving(ta):
                    out[p, 2, i, j] = -1
                else:
                    out[p, 2, i, j] = 1
                out[p, 3, i, j] = va + 2 * vb
    return out
