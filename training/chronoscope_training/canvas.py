"""Draws whole batches of windows with torch: the pictures and token labels of `render.py`, on any device.

Compression is that of JPEG without its lossless part: both transforms are linear, so each is a matrix product.
"""

import functools
import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .clips import CODED, Arrays

# The tables of the JPEG standard, annex K.
LUMA = """16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99""".split()
CHROMA = """17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66 99 99 99 99 99 99
99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99""".split()


def draw(batch: Arrays) -> tuple[Tensor, Tensor]:
    """(frames uint8 [clips, frames, height, width, 3], labels int8 [clips, pairs, 7, rows, columns]).

    batch: of `clips.pictures`, with tensors in place of arrays.
    """
    frames = scene_frames(batch, backgrounds(batch))
    return photographed(batch, frames), token_labels(batch)


def backgrounds(batch: Arrays) -> Tensor:
    """float32 [clips, height, width, 3], about 20..170, like those of `render.background`."""
    clips, _, height, width = batch["size"]
    grey: Tensor = batch["grey"]
    device, extent = grey.device, batch["extent"]
    out = grey[:, None, None].expand(clips, height, width, 3).contiguous()

    def cells(number: float, mode: str) -> Tensor:
        rows, columns = (max(2 if mode == "bicubic" else 1, round(number * e)) for e in (extent[1], extent[0]))
        field = torch.randn(clips, 1, rows, columns, device=device)
        options: dict[str, Any] = {"align_corners": False} if mode == "bicubic" else {}
        return F.interpolate(field, (height, width), mode=mode, **options)[:, 0, :, :, None]

    for k, number in enumerate((2, 6, 16, 40)):
        strength, stain = batch["strength"][:, k], batch["stain"][:, k]
        out += cells(number, "bicubic") * (strength[:, None] * stain)[:, None, None]
    amplitude, angle, frequency, bricks = (v[:, None, None] for v in batch["pattern"].unbind(1))
    xs = ((torch.arange(width, device=device) + 0.5) / width * extent[0])[None, None]
    ys = ((torch.arange(height, device=device) + 0.5) / height * extent[1])[None, :, None]
    out += (torch.sin((xs * angle.cos() + ys * angle.sin()) * frequency) * amplitude)[..., None]
    out += cells(batch["bricks"], "nearest") * bricks[..., None]
    return out.clamp_(12, 172)


def coverage(batch: Arrays) -> Tensor:
    """How much each object covers of the pixels in its box: [draws, box height, box width], 0 to 1."""
    (wide, high), (sx, sy) = batch["box"], batch["scale"]
    centre, corner = batch["draw_centre"], batch["draw_corner"]
    device = centre.device
    radius, cos, sin = (v[:, None, None] for v in batch["draw_form"].unbind(1))
    x = ((corner[:, :1] + torch.arange(wide, device=device) + 0.5) / sx - centre[:, :1])[:, None]
    y = ((corner[:, 1:] + torch.arange(high, device=device) + 0.5) / sy - centre[:, 1:])[:, :, None]
    u, v = x * cos + y * sin, y * cos - x * sin
    au, av = u.abs(), v.abs()
    low = v - 0.2 * radius
    thin, long = 0.34 * radius, 1.12 * radius
    shape = batch["draw_shape"][:, None, None]
    distance = torch.where(shape == 0, (x * x + y * y).sqrt() - radius, torch.maximum(au, av) - 0.88 * radius)
    triangle = torch.maximum(low, au * 0.8660254 - low * 0.5) - 0.61 * radius
    cross = torch.minimum(torch.maximum(au - thin, av - long), torch.maximum(au - long, av - thin))
    distance = torch.where(shape == 2, triangle, torch.where(shape == 3, cross, distance))
    return (0.5 - distance * ((sx + sy) / 2)).clamp(0, 1)


def scene_frames(batch: Arrays, back: Tensor) -> Tensor:
    """The scenes without noise, like `render.draw`: float32 [clips, frames, height, width, 3]."""
    clips, frames, height, width = batch["size"]
    out = back[:, None].expand(clips, frames, height, width, 3).contiguous()
    pixels, device = out.view(-1, 3), out.device
    (wide, high), corner = batch["box"], batch["draw_corner"]
    rows = corner[:, 1:] + torch.arange(high, device=device) + batch["draw_frame"][:, None] * height
    columns = corner[:, :1] + torch.arange(wide, device=device)
    where = rows[:, :, None] * width + columns[:, None]
    cover, colour = coverage(batch)[..., None], batch["draw_colour"][:, None, None]
    begin = 0
    for end in batch["slot_ends"]:
        if end > begin:
            at = where[begin:end]
            before = pixels[at]
            pixels[at] = torch.lerp(before, colour[begin:end].expand_as(before), cover[begin:end])
        begin = end
    return out.mul_(batch["light"][:, :, None, None, None])


def photographed(batch: Arrays, frames: Tensor) -> Tensor:
    """What a camera makes of these frames: blur, gain, noise and compression, like `render.clip`; uint8."""
    clips = batch["size"][0]
    blurred = len(batch["blur"])
    if blurred:
        frames[:blurred] = smoothed(frames[:blurred], batch["blur"])
    gain, offset, noise = (batch[k][:, None, None, None, None] for k in ("gain", "offset", "noise"))
    frames = torch.randn_like(frames).mul_(noise).add_(frames.mul_(gain)).add_(offset)
    out = (frames + 0.5).clamp_(0, 255).byte()
    begin = int(CODED[0] * clips)
    end = begin + len(batch["quality"])
    if end > begin:
        out[begin:end] = compressed(out[begin:end].float(), batch["quality"])
    out[:, -1] = torch.where(batch["repeated"][:, None, None, None], out[:, -2], out[:, -1])
    return out


def smoothed(frames: Tensor, sigma: Tensor) -> Tensor:
    """Gaussian blur with the clip's own width, mirrored at the borders."""
    clips, count, height, width, _ = frames.shape

    def weights(size: int) -> Tensor:
        taps = torch.arange(-3, 4, device=frames.device)
        one = torch.exp(-(taps**2) / (2 * sigma[:, None] ** 2))
        one = one / one.sum(1, keepdim=True)
        at = torch.arange(size, device=frames.device)[:, None] + taps
        at = (size - 1) - ((size - 1) - at.abs()).abs()
        return torch.zeros(clips, size, size, device=frames.device).scatter_add_(
            2, at.expand(clips, -1, -1), one[:, None].expand(-1, size, -1)
        )

    across = torch.einsum("bij,cd->bicjd", weights(width), torch.eye(3, device=frames.device))
    across = across.reshape(clips, 3 * width, 3 * width)
    x = torch.bmm(frames.reshape(clips, count * height, 3 * width), across.transpose(1, 2))
    x = torch.matmul(weights(height)[:, None], x.view(clips, count, height, 3 * width))
    return x.view(clips, count, height, width, 3)


@functools.lru_cache(maxsize=64)
def transforms(size: int, half: bool, device: torch.device) -> tuple[Tensor, Tensor]:
    """Matrices to the cosine coefficients of blocks of 8 and back, for a side of `size` pixels.

    half: at half the resolution, as colours are stored.
    """
    stored = size // 2 if half else size
    padded = -(-stored // 8) * 8
    k, n = np.meshgrid(np.arange(8), np.arange(8), indexing="ij")
    one = np.sqrt(2 / 8) * np.cos(math.pi * (2 * n + 1) * k / 16)
    one[0] /= math.sqrt(2)
    blocks = np.kron(np.eye(padded // 8), one)
    pad = np.zeros((padded, stored))
    pad[np.arange(padded), np.minimum(np.arange(padded), stored - 1)] = 1
    there, back = blocks @ pad, blocks.T[:stored]
    if half:
        down, up = np.zeros((stored, size)), np.zeros((size, stored))
        for i in range(stored):
            down[i, 2 * i : 2 * i + 2] = 0.5
        for i in range(size):
            near = i // 2
            far = min(max(near + (1 if i % 2 else -1), 0), stored - 1)
            up[i, near] += 0.75
            up[i, far] += 0.25
        there, back = there @ down, up @ back
    return tuple(torch.tensor(m, dtype=torch.float32, device=device) for m in (there, back))  # type: ignore[return-value]


@functools.lru_cache(maxsize=8)
def steps_of(chroma: bool, device: torch.device) -> Tensor:
    """The standard's steps of the coefficients of a block [1, 8, 8]."""
    return torch.tensor([float(v) for v in (CHROMA if chroma else LUMA)]).view(1, 8, 8).to(device)


def quantized(plane: Tensor, quality: Tensor, half: bool) -> Tensor:
    """A plane [clips, frames, height, width] after its cosine coefficients were rounded as that quality asks.

    half: a plane of colours, which is stored at half the resolution.
    """
    _, _, height, width = plane.shape
    down, up = transforms(height, half, plane.device)
    right, left = transforms(width, half, plane.device)
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)[:, None, None]
    steps = ((steps_of(half, plane.device) * scale + 50) / 100).floor().clamp(1, 255)
    steps = steps.repeat(1, down.shape[0] // 8, right.shape[0] // 8)[:, None]
    coefficients = down @ plane @ right.T
    return up @ ((coefficients / steps).round() * steps) @ left.T


def compressed(frames: Tensor, quality: Tensor) -> Tensor:
    """Frames [clips, frames, height, width, 3] in 0..255 after JPEG compression with halved colours; uint8.

    The first channel counts as blue, as it does to the encoder that `render.clip` uses.
    """
    b, g, r = frames.unbind(-1)
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    blue, red = (b - luma) * 0.564, (r - luma) * 0.713
    luma = quantized(luma - 128, quality, half=False) + 128
    blue, red = (quantized(c, quality, half=True) for c in (blue, red))
    out = torch.stack((luma + 1.772 * blue, luma - 0.344 * blue - 0.714 * red, luma + 1.402 * red), -1)
    return out.add_(0.5).clamp_(0, 255).byte()


def token_labels(batch: Arrays) -> Tensor:
    """int8 [clips, pairs, 7, rows, columns], the labels of `render.token_labels`."""
    clips, frames, height, width = batch["size"]
    rows, columns = height // 28, width // 28
    labels: Tensor = batch["thing_labels"]
    device, slots = labels.device, labels.shape[2]
    (wide, high), corner = batch["box"], batch["draw_corner"]

    def members(first: Tensor, size: int, number: int) -> Tensor:
        """float [draws, number, size]: which pixels of the box lie in each row (column) of tokens."""
        token = (first[:, None] + torch.arange(size, device=device)) // 28
        return (token[:, None] == torch.arange(number, device=device)[:, None]).float()

    part = members(corner[:, 1], high, rows) @ coverage(batch) @ members(corner[:, 0], wide, columns).transpose(1, 2)
    cover = torch.zeros(clips * frames, slots, rows, columns, device=device)
    cover[batch["draw_frame"], batch["draw_slot"]] = part / 784
    amount, who = cover.view(clips, frames // 2, 2, slots, rows, columns).amax(2).max(2)
    index = who.flatten(2)[..., None].expand(-1, -1, -1, 6)
    found = labels.gather(2, index).view(clips, frames // 2, rows, columns, 6)
    found = torch.where((amount < 0.18)[..., None], -1, found)
    found[..., :4] = torch.where((amount < 0.04)[..., None], 0, found[..., :4])
    out = torch.empty(clips, frames // 2, 7, rows, columns, dtype=torch.int8, device=device)
    out[:, :, :4] = found[..., :4].permute(0, 1, 4, 2, 3)
    out[:, :, 4] = batch["dark"][:, :, None, None]
    out[:, :, 5:] = found[..., 4:].permute(0, 1, 4, 2, 3)
    return out
