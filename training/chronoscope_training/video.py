"""Writes scenes as MP4 files, each with a truth file beside it."""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np

from . import render, scenes
from .scenes import Scene

SIZES = ((320, 240), (426, 240), (240, 320), (480, 360), (640, 360))
RATES = ("10", "12.5", "24", "25", "29.97", "30")
CODECS: dict[str, tuple[str, dict[str, str]]] = {
    "h264": ("libx264", {"preset": "medium", "crf": "24"}),
    "hevc": ("libx265", {"preset": "fast", "crf": "26"}),
    "mpeg4": ("mpeg4", {"qscale": "5"}),
    "vp9": ("libvpx-vp9", {"crf": "34", "cpu-used": "5", "row-mt": "1"}),
    "av1": ("libsvtav1", {"preset": "9", "crf": "35"}),
}


def rate_of(text: str) -> Fraction:
    """'29.97' -> 30000/1001, '12.5' -> 25/2"""
    return Fraction(30000, 1001) if text == "29.97" else Fraction(text)


def truth(scene: Scene, frames: int, rate: Fraction) -> list[dict[str, Any]]:
    """[{startMs, endMs, description}] of each event that a frame shows.

    An event lasts from the time of its first frame to the time of the first frame after it.
    """
    out = []
    for event in scene.events():
        first, after = (min(frames, max(0, math.ceil(t * rate))) for t in (event.t0, event.t1))
        if after > first:
            out.append(
                {
                    "startMs": round(1000 * first / rate),
                    "endMs": round(1000 * after / rate),
                    "description": event.describe(),
                }
            )
    return out


def encode(
    path: str | Path,
    scene: Scene,
    rng: scenes.Rng,
    duration: float,
    size: tuple[int, int],
    rate: str,
    codec: str,
) -> int:
    """Writes a scene as PATH.mp4 and returns the number of its frames."""
    width, height = size
    frame_rate = rate_of(rate)
    frames = int(duration * frame_rate)
    back = render.background(scene.background, width, height, scene.extent)
    # Static grain compresses away; a little moving grain exercises the decoder.
    back = np.clip(back + rng.normal(0, 2.0, back.shape).astype(np.float32), 0, 255)
    name, options = CODECS[codec]
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path.with_suffix(".mp4")), "w") as container:
        stream = container.add_stream(name, rate=frame_rate, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = 1 / frame_rate
        if name == "mpeg4":
            stream.codec_context.qmin = stream.codec_context.qmax = 5
        cells = (height // 4, width // 4, 3)
        for k in range(frames):
            picture = render.draw(scene, back, float(k / frame_rate))
            if k % 2 == 0:
                grain = np.repeat(np.repeat(rng.normal(0, 0.8, cells).astype(np.float32), 4, 0), 4, 1)
            picture[: cells[0] * 4, : cells[1] * 4] += grain
            frame = av.VideoFrame.from_ndarray(np.clip(picture + 0.5, 0, 255).astype(np.uint8), format="rgb24")
            frame.pts = k
            frame.time_base = 1 / frame_rate
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return frames


def write(
    path: str | Path,
    seed: int,
    duration: float,
    size: tuple[int, int],
    rate: str,
    codec: str,
    at_once: int = 3,
    pace: float = 4.0,
) -> list[dict[str, Any]]:
    """Writes one scene as PATH.mp4 and PATH.events.json and returns the truth."""
    rng = np.random.default_rng([seed, 99])
    scene = scenes.long_scene(rng, duration, size[0] / size[1], at_once, pace)
    frames = encode(path, scene, rng, duration, size, rate, codec)
    events = truth(scene, frames, rate_of(rate))
    Path(path).with_suffix(".events.json").write_text(json.dumps(events, indent=1) + "\n")
    return events


def write_many(
    folder: str | Path,
    seed: int,
    count: int,
    duration: float,
    at_once: int,
    size: tuple[int, int] | None = None,
    rate: str | None = None,
    codec: str | None = None,
) -> None:
    """`count` scenes of varied size, rate and codec (or the given ones)."""
    for n in range(count):
        rng = np.random.default_rng([seed + n, 98])
        chosen = (
            size or SIZES[rng.integers(len(SIZES))],
            rate or RATES[rng.integers(len(RATES))],
            codec or list(CODECS)[rng.integers(len(CODECS))],
        )
        # No dot: `with_suffix` would replace the text after it.
        name = f"scene-{seed + n}-{chosen[0][0]}x{chosen[0][1]}-{chosen[1].replace('.', '_')}fps-{chosen[2]}"
        events = write(Path(folder) / name, seed + n, duration, *chosen, at_once=at_once)
        print(name, len(events), "events", flush=True)


Sample: TypeAlias = tuple[str, int, float, tuple[int, int], str, str, int]
# The committed samples: name, seed, seconds, size, rate, codec, events at once. Training never draws these seeds.
SAMPLES: tuple[Sample, ...] = (
    ("corridor", 501, 20, (320, 240), "25", "h264", 1),
    ("crossing", 502, 30, (426, 240), "29.97", "h264", 3),
    ("portrait", 503, 24, (240, 320), "30", "hevc", 2),
    ("yard", 504, 40, (480, 360), "12.5", "mpeg4", 3),
    ("gate", 505, 30, (640, 360), "24", "vp9", 2),
    ("dock", 506, 45, (320, 240), "10", "av1", 3),
    ("empty", 507, 12, (320, 240), "25", "h264", 0),
    ("long", 508, 330, (240, 180), "10", "h264", 2),
)


def write_samples(folder: str | Path) -> None:
    """Writes the committed `video-samples`."""
    for name, seed, duration, size, rate, codec, at_once in SAMPLES:
        path = Path(folder) / name
        events = write(path, seed, duration, size, rate, codec, at_once)
        print(name, len(events), "events", path.with_suffix(".mp4").stat().st_size // 1024, "KiB", flush=True)
