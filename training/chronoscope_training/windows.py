"""Scores a checkpoint on real MP4 files, window by window, through the official preprocessing."""

import json
import math
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch
import torch.nn.functional as F

from . import evaluate, scenes
from .data import Text
from .export import MAX_PIXELS, MIN_PIXELS
from .model import Model
from .render import Frames
from .scenes import Event


def smart_resize(height: int, width: int, low: int = MIN_PIXELS, high: int = MAX_PIXELS) -> tuple[int, int]:
    """The official rule, with factor 28."""
    h, w = max(28, round(height / 28) * 28), max(28, round(width / 28) * 28)
    if h * w > high:
        beta = math.sqrt(height * width / high)
        h, w = (max(28, math.floor(v / beta / 28) * 28) for v in (height, width))
    elif h * w < low:
        beta = math.sqrt(low / (height * width))
        h, w = (math.ceil(v * beta / 28) * 28 for v in (height, width))
    return h, w


def read(path: Path, fps: float) -> tuple[Frames, float]:
    """Frames at k/fps, resized: (uint8 [n, H, W, 3], seconds of video)."""
    out: list[Frames] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        held: av.VideoFrame | None = None
        end = 0.0
        for frame in container.decode(stream):
            began = frame.time or 0.0
            # The frame on display at k/fps is the last one that began by then.
            while held is not None and len(out) / fps < began - 1e-6:
                out.append(shrink(held))
            held, end = frame, began + float(1 / (stream.average_rate or 1))
        while held is not None and len(out) / fps < end - 1e-6:
            out.append(shrink(held))
    return np.stack(out), end


def shrink(frame: av.VideoFrame) -> Frames:
    """The frame at the model's size: bicubic with antialiasing in float, rounded to bytes."""
    size = smart_resize(frame.height, frame.width)
    x = torch.from_numpy(frame.to_ndarray(format="rgb24")).permute(2, 0, 1)[None].float()
    x = F.interpolate(x, size=size, mode="bicubic", antialias=True, align_corners=False)
    return x.clamp(0, 255).round().byte()[0].permute(1, 2, 0).numpy()


def truth_of(path: Path) -> list[Event]:
    """The events of a truth file; only their names and times matter here."""
    out: list[Event] = []
    for row in json.loads(Path(path).read_text()):
        t0, t1, words = row["startMs"] / 1000, row["endMs"] / 1000, row["description"].rstrip(".").split()
        if "light" in words:
            out.append(scenes.Dark(t0, t1, 0.3))
            continue
        thing = scenes.Thing(
            scenes.COLOURS.index(words[1]), scenes.SHAPES.index(words[2]), 0.2, t0, t1, (0, 0), (0, 0), t1
        )
        if words[3] == "turns":
            thing.colour2 = scenes.COLOURS.index(words[4])
        out.append(thing)
    return out


def run(
    model: Model, text: Text, folder: str | Path, fps: float = 2, length: float = 10.0, step: float = 8.0, show: int = 0
) -> dict[str, Any]:
    """Scores windows [k*step, k*step + length) of every MP4 with a truth file in `folder`."""
    score = evaluate.Score()
    for path in sorted(Path(folder).glob("*.mp4")):
        frames, end = read(path, fps)
        events = truth_of(path.with_suffix(".events.json"))
        start = 0.0
        while start < max(end - 2.0, 0.5):
            part = frames[round(start * fps) : round((start + length) * fps)]
            times = [k / fps for k in range(len(part))]
            if len(part) % 2:
                part, times = np.concatenate((part, part[-1:])), times + times[-1:]
            here = scenes.Scene(1.0)
            for e in events:
                if isinstance(e, scenes.Dark):
                    here.darks.append(scenes.Dark(e.t0 - start, e.t1 - start, 0.3))
                else:
                    here.things.append(
                        scenes.Thing(
                            e.colour,
                            e.shape,
                            e.radius,
                            e.t0 - start,
                            e.t1 - start,
                            (0, 0),
                            (0, 0),
                            0,
                            colour2=e.colour2,
                        )
                    )
            (answer,) = evaluate.generate(model, text, torch.from_numpy(part)[None], [times[::2]], [text.dense])
            window = min(length, end - start)
            score.add(answer, here, window)
            if show > 0:
                show -= 1
                print(
                    path.name,
                    start,
                    [
                        (round(max(0, e.t0), 2), round(min(window, e.t1), 2), evaluate.identities(e))
                        for e in here.events()
                        if e.t1 > 0 and e.t0 < window
                    ],
                    "\n   ->",
                    answer.replace("\n", " "),
                    flush=True,
                )
            start += step
    return {**score.result(), "fps": fps}
