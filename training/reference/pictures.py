"""Small seeded pictures: a smooth background with a blocky texture and shapes that move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

import qwen_rules as rules


def clip(frames: int, height: int, width: int, seed: int) -> torch.Tensor:
    """uint8 [frames, 3, height, width]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    blocks = rng.integers(-30, 31, (height // 6 + 1, width // 6 + 1, 3))
    texture = np.kron(blocks, np.ones((6, 6, 1)))[:height, :width]
    a, b, c = rng.uniform(0.02, 0.09, 3)
    base = np.stack([128 + 90 * np.sin(a * x + i + c * y) * np.cos(b * y - i) for i in range(3)], -1) + texture
    out = []
    shapes = [
        (rng.integers(0, 256, 3), rng.uniform(0, 1, 2), rng.uniform(-0.12, 0.12, 2), rng.uniform(0.1, 0.22), k)
        for k in range(3)
    ]
    for t in range(frames):
        frame = base + rng.integers(-12, 13, 3)
        for colour, at, speed, size, kind in shapes:
            cy, cx = ((at + t * speed) % 1) * (height, width)
            r = size * min(height, width)
            inside = (abs(x - cx) < r) & (abs(y - cy) < r) if kind else (x - cx) ** 2 + (y - cy) ** 2 < r * r
            frame[inside] = colour
        out.append(frame.clip(0, 255).round().astype(np.uint8))
    return torch.from_numpy(np.stack(out)).permute(0, 3, 1, 2).contiguous()


def away_from_halves(frames: torch.Tensor, height: int, width: int, margin: float = 5e-4) -> torch.Tensor:
    """Changes single source pixels by one level until no resized value lies within `margin` of k + 0.5.

    The rounded uint8 picture is then the same for every correct float32 resize in any order of summation.
    """
    frames = frames.clone()
    h, w = frames.shape[-2:]
    for turn in range(200):
        value = rules.resize_float(frames, height, width)
        near = ((value - value.floor() - 0.5).abs() < margin) & (value > -1) & (value < 256)
        hits = near.nonzero().tolist()
        if not hits:
            return frames
        for n, c, i, j in hits:
            sy = min(h - 1, max(0, int((i + 0.5) * h / height) + (turn % 3 - 1)))
            sx = min(w - 1, max(0, int((j + 0.5) * w / width) + (turn // 3 % 3 - 1)))
            old = int(frames[n, c, sy, sx])
            frames[n, c, sy, sx] = old + 1 if old < 255 else old - 1
    raise RuntimeError("could not move every value away from a half")


def save_pngs(frames: torch.Tensor, directory: Path) -> list[str]:
    """Writes frames/000.png, ... below directory's parent; returns the paths relative to that parent."""
    directory.mkdir(parents=True, exist_ok=True)
    names = []
    for i, frame in enumerate(frames):
        path = directory / f"{i:03d}.png"
        save_png(frame, path)
        names.append(f"{directory.name}/{path.name}")
    return names


def save_png(frame: torch.Tensor, path: Path) -> None:
    """uint8 [3, h, w] -> PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(frame.permute(1, 2, 0).numpy()).save(path, optimize=True)
