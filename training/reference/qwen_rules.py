"""The rules of Qwen2.5-VL around the network: pixels, frames, prompt, positions, greedy decoding.

This module implements the rules themselves; the network (encoder and decoder) is the class
`Qwen2_5_VLForConditionalGeneration` of transformers, on the CPU in float32.

Names used throughout: T, H, W are the grid of a picture or clip in patches of 14x14 pixels and
frame pairs (`gridThw`); one decoder token covers 2x2 patches of one pair. "seconds per grid" is the
time between the first frames of two neighbouring pairs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from tokenizers import Tokenizer

# Qwen2_5_VLForConditionalGeneration: torch types the attributes of modules as Tensor | Module.
Model: TypeAlias = Any
Json: TypeAlias = dict[str, Any]

PATCH = 14
MERGE = 2
TEMPORAL = 2
FACTOR = PATCH * MERGE
MAX_RATIO = 200
FRAME_FACTOR = 2
FPS_MIN_FRAMES = 4
FPS_MAX_FRAMES = 768
VIDEO_MAX_PIXELS = 768 * FACTOR * FACTOR
VIDEO_TOTAL_PIXELS = int(128000 * FACTOR * FACTOR * 0.9)
SYSTEM_PROMPT = "You are a helpful assistant."


# ---------------------------------------------------------------------------------------------
# Sizes and frames
# ---------------------------------------------------------------------------------------------


def smart_resize(height: int, width: int, min_pixels: float, max_pixels: float) -> tuple[int, int]:
    """The size in pixels, both sides multiples of 28, to which a picture of height x width is scaled."""
    if max(height, width) / min(height, width) > MAX_RATIO:
        raise ValueError(f"aspect ratio of {height}x{width} is above {MAX_RATIO}")
    # Python's round() is half-to-even, and so is the rule.
    h = max(FACTOR, round(height / FACTOR) * FACTOR)
    w = max(FACTOR, round(width / FACTOR) * FACTOR)
    if h * w > max_pixels:
        beta = math.sqrt(height * width / max_pixels)
        h = max(FACTOR, math.floor(height / beta / FACTOR) * FACTOR)
        w = max(FACTOR, math.floor(width / beta / FACTOR) * FACTOR)
    elif h * w < min_pixels:
        beta = math.sqrt(min_pixels / (height * width))
        h = math.ceil(height * beta / FACTOR) * FACTOR
        w = math.ceil(width * beta / FACTOR) * FACTOR
    return h, w


def frame_pixel_cap(frames: int, min_pixels: int, max_pixels: int | None) -> float:
    """The pixel limit of one frame of a clip of `frames` frames; `max_pixels` is the caller's limit."""
    cap = max(min(VIDEO_MAX_PIXELS, VIDEO_TOTAL_PIXELS / frames * FRAME_FACTOR), int(min_pixels * 1.05))
    return cap if max_pixels is None else min(cap, max_pixels)


def smart_nframes(
    total: int,
    video_fps: float,
    fps: float,
    min_frames: int = FPS_MIN_FRAMES,
    max_frames: int = FPS_MAX_FRAMES,
) -> int:
    """How many frames to take of `total` frames recorded at `video_fps`, asked for `fps`."""
    low = math.ceil(min_frames / FRAME_FACTOR) * FRAME_FACTOR
    high = math.floor(min(max_frames, total) / FRAME_FACTOR) * FRAME_FACTOR
    n = total / video_fps * fps
    n = min(min(max(n, low), high), total)
    n = math.floor(n / FRAME_FACTOR) * FRAME_FACTOR
    if not FRAME_FACTOR <= n <= total:
        raise ValueError(f"{n} frames asked of {total}")
    return int(n)


def frame_indices(start: int, end: int, n: int) -> list[int]:
    """Indices of the n frames from start to end (both included): float32 linspace, half-to-even."""
    return torch.linspace(start, end, n).round().long().tolist()


# ---------------------------------------------------------------------------------------------
# Pixels
# ---------------------------------------------------------------------------------------------


def read_rgb(path: Path) -> torch.Tensor:
    """PNG or JPEG -> uint8 [3, height, width]."""
    return torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1).contiguous()


def resize_float(frames: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """uint8 [..., 3, h, w] -> float32 [..., 3, height, width], antialiased bicubic, not yet rounded."""
    flat = frames.reshape(-1, 1, *frames.shape[-2:]).float()
    out = F.interpolate(flat, size=(height, width), mode="bicubic", antialias=True, align_corners=False)
    return out.reshape(*frames.shape[:-2], height, width)


def resize(frames: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """uint8 [..., h, w] -> uint8 [..., height, width]: bicubic, clamped to 0..255, rounded."""
    if frames.shape[-2:] == (height, width):
        return frames
    return resize_float(frames, height, width).clamp(0, 255).round().to(torch.uint8)


def patchify(frames: torch.Tensor, mean: list[float], std: list[float]) -> tuple[torch.Tensor, tuple[int, int, int]]:
    """uint8 [n, 3, H*14, W*14] -> float32 pixel values [T*H*W, 1176] and the grid (T, H, W).

    Normalised in float32 as (x - 255*mean) / (255*std). An odd last frame (and so a still image) is
    repeated. Rows run over (t, block row, block column, row in block, column in block), columns over
    (channel, frame of the pair, pixel row, pixel column).
    """
    if frames.shape[0] % TEMPORAL:
        frames = torch.cat([frames, frames[-1:]])
    m = (torch.tensor(mean) * 255.0).view(1, 3, 1, 1)
    s = (torch.tensor(std) * 255.0).view(1, 3, 1, 1)
    x = (frames.float() - m) / s
    n, c, height, width = x.shape
    t, h, w = n // TEMPORAL, height // PATCH, width // PATCH
    x = x.reshape(t, TEMPORAL, c, h // MERGE, MERGE, PATCH, w // MERGE, MERGE, PATCH)
    x = x.permute(0, 3, 6, 4, 7, 2, 1, 5, 8)
    return x.reshape(t * h * w, c * TEMPORAL * PATCH * PATCH).contiguous(), (t, h, w)


# ---------------------------------------------------------------------------------------------
# Prompt and positions
# ---------------------------------------------------------------------------------------------


@dataclass
class Vision:
    """One picture or clip of a prompt, ready for the encoder.

    kind: "image" or "video"; pixels: float32 [T*H*W, 1176]; grid: (T, H, W) in patches;
    seconds_per_grid: seconds between pairs (0 for an image); pair_seconds: where the frames are not
    evenly spaced, the time in seconds of each pair's first frame.
    """

    kind: str
    pixels: torch.Tensor | None
    grid: tuple[int, int, int]
    seconds_per_grid: float = 0.0
    pair_seconds: list[float] | None = None
    size: tuple[int, int] | None = None

    @property
    def tokens(self) -> int:
        """Decoder tokens of this picture or clip."""
        return self.grid[0] * self.grid[1] * self.grid[2] // (MERGE * MERGE)


def chat_prompt(content: Sequence[str | Vision]) -> str:
    """Chat layout of one user turn, the placeholders already repeated once a decoder token."""
    parts = []
    for item in content:
        if isinstance(item, Vision):
            pad = "<|image_pad|>" if item.kind == "image" else "<|video_pad|>"
            parts.append(f"<|vision_start|>{pad * item.tokens}<|vision_end|>")
        else:
            parts.append(item)
    return (
        f"<|im_start|>system\n{SYSTEM_PROMPT}<|im_end|>\n"
        f"<|im_start|>user\n{''.join(parts)}<|im_end|>\n<|im_start|>assistant\n"
    )


def temporal_ids(vision: Vision, tokens_per_second: int) -> torch.Tensor:
    """int64 [T]: trunc(grid index * seconds per grid * tokens per second), products in float32."""
    if vision.kind == "image":
        return torch.zeros(vision.grid[0], dtype=torch.long)
    if vision.pair_seconds is not None:
        return (torch.tensor(vision.pair_seconds, dtype=torch.float32) * tokens_per_second).long()
    return (torch.arange(vision.grid[0]) * vision.seconds_per_grid * tokens_per_second).long()


def position_ids(
    ids: list[int], visions: list[Vision], image_id: int, video_id: int, tokens_per_second: int
) -> tuple[torch.Tensor, int]:
    """M-RoPE positions int64 [3, len(ids)] (time, height, width) and the delta for decoding.

    Text counts up on all three axes from (largest position so far, over all axes) + 1; a clip starts
    at that position too and adds its own (t, h, w). Decoding continues on all axes at
    cache length + delta where delta = largest position + 1 - len(ids).
    """
    out = torch.zeros(3, len(ids), dtype=torch.long)
    queue = list(visions)
    following, i = 0, 0
    while i < len(ids):
        if ids[i] not in (image_id, video_id):
            out[:, i] = following
            following += 1
            i += 1
            continue
        vision = queue.pop(0)
        expected = image_id if vision.kind == "image" else video_id
        n = vision.tokens
        assert ids[i : i + n] == [expected] * n, "placeholders and pictures disagree"
        t, h, w = vision.grid[0], vision.grid[1] // MERGE, vision.grid[2] // MERGE
        block = torch.stack(
            [
                temporal_ids(vision, tokens_per_second).view(t, 1, 1).expand(t, h, w),
                torch.arange(h).view(1, h, 1).expand(t, h, w),
                torch.arange(w).view(1, 1, w).expand(t, h, w),
            ]
        ).reshape(3, n)
        out[:, i : i + n] = block + following
        following = int(out[:, i : i + n].max()) + 1
        i += n
    assert not queue, "more pictures than placeholders"
    return out, following - len(ids)


# ---------------------------------------------------------------------------------------------
# Checkpoint and model
# ---------------------------------------------------------------------------------------------


@dataclass
class Checkpoint:
    """A checkpoint directory's small files and its model, float32 on the CPU."""

    directory: Path
    model: Model
    tokenizer: Tokenizer
    preprocessor: Json
    generation: Json
    eos: list[int] = field(default_factory=list)
    penalty: float = 1.0

    @property
    def config(self) -> Any:
        """The model's configuration."""
        return self.model.config

    @property
    def tokens_per_second(self) -> int:
        """Temporal positions a second."""
        return self.config.vision_config.tokens_per_second


def load_checkpoint(directory: Path, attention: str = "eager", dtype: torch.dtype = torch.float32) -> Checkpoint:
    """Loads a checkpoint; a tensor that is missing, unknown or of another shape is an error."""
    from transformers import Qwen2_5_VLForConditionalGeneration

    loaded: Any = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        directory, dtype=dtype, attn_implementation=attention, output_loading_info=True
    )
    model, info = loaded
    wrong = {k: v for k, v in info.items() if v}
    if wrong:
        raise ValueError(f"{directory}: {wrong}")
    generation = json.loads((directory / "generation_config.json").read_text())
    eos = generation.get("eos_token_id", [])
    return Checkpoint(
        directory=directory,
        model=model.eval(),
        tokenizer=Tokenizer.from_file(str(directory / "tokenizer.json")),
        preprocessor=json.loads((directory / "preprocessor_config.json").read_text()),
        generation=generation,
        eos=eos if isinstance(eos, list) else [eos],
        penalty=float(generation.get("repetition_penalty", 1.0)),
    )


def _vision(kind: str, frames: torch.Tensor, preprocessor: Json, seconds_per_grid: float = 0.0) -> Vision:
    """uint8 frames [n, 3, h, w] -> Vision, scaled when a side is no multiple of 28 or the size is out of bounds."""
    h, w = frames.shape[-2:]
    low, high = preprocessor["min_pixels"], preprocessor["max_pixels"]
    if kind == "video":
        high = frame_pixel_cap(frames.shape[0], low, high)
        # A clip whose sides are multiples of the factor keeps its size.
        size = (h, w) if h % FACTOR == 0 and w % FACTOR == 0 else smart_resize(h, w, low, high)
    else:
        size = smart_resize(h, w, low, high)
    pixels, grid = patchify(resize(frames, *size), preprocessor["image_mean"], preprocessor["image_std"])
    return Vision(kind, pixels, grid, seconds_per_grid, size=size)


def image_input(image: torch.Tensor, preprocessor: Json) -> Vision:
    """uint8 [3, h, w] -> a still image."""
    return _vision("image", image[None], preprocessor)


def video_input(frames: torch.Tensor, fps: float, preprocessor: Json) -> Vision:
    """uint8 [n, 3, h, w], sampled at fps frames a second -> a clip."""
    return _vision("video", frames, preprocessor, seconds_per_grid=TEMPORAL / fps)


@torch.no_grad()
def encode(model: Model, visions: Sequence[Vision]) -> list[torch.Tensor]:
    """Encoder output of each picture or clip, float32 [tokens, out_hidden], in the order given."""
    out = []
    for v in visions:
        assert v.pixels is not None, "a vision without pixels only lays a prompt out"
        out.append(model.model.visual(v.pixels.to(model.dtype), grid_thw=torch.tensor([v.grid])).pooler_output)
    return out


def apply_penalty(logits: torch.Tensor, seen: set[int], penalty: float) -> torch.Tensor:
    """Logits [vocab] with each distinct id of prompt and output penalised once."""
    if penalty == 1.0:
        return logits
    logits = logits.clone()
    ids = torch.tensor(sorted(seen))
    chosen = logits[ids]
    logits[ids] = torch.where(chosen < 0, chosen * penalty, chosen / penalty)
    return logits


@dataclass
class Generation:
    """first_logits: float32 [vocab], before any penalty; ids end with the eos if one stopped them."""

    first_logits: torch.Tensor
    ids: list[int]
    stopped_by_eos: bool
    top1: list[float]
    gaps: list[float]


@torch.no_grad()
def generate(
    model: Model,
    ids: list[int],
    positions: torch.Tensor,
    delta: int,
    visions: list[Vision],
    embeddings: list[torch.Tensor],
    eos: list[int],
    penalty: float,
    max_new_tokens: int,
) -> Generation:
    """Greedy decoding with a KV cache and explicit positions.

    top1 and gaps hold, for each step and after the penalty, the largest logit and how far the second
    lies below it.
    """
    config = model.config
    prompt = torch.tensor(ids)
    hidden = model.get_input_embeddings()(prompt)
    is_vision = (prompt == config.image_token_id) | (prompt == config.video_token_id)
    if visions:
        hidden[is_vision] = torch.cat(embeddings).to(hidden.dtype)
    out = model(inputs_embeds=hidden[None], position_ids=positions[:, None], use_cache=True, logits_to_keep=1)
    first = out.logits[0, -1]
    logits, stopped = first, False
    produced, top1, gaps = list[int](), list[float](), list[float]()
    while True:
        scores = apply_penalty(logits, set(ids) | set(produced), penalty)
        best = scores.topk(2)
        produced.append(int(best.indices[0]))
        top1.append(float(best.values[0]))
        gaps.append(float(best.values[0] - best.values[1]))
        stopped = produced[-1] in eos
        if stopped or len(produced) == max_new_tokens:
            return Generation(first, produced, stopped, top1, gaps)
        at = len(ids) + len(produced) - 1 + delta
        out = model(
            inputs_embeds=model.get_input_embeddings()(torch.tensor([[produced[-1]]])),
            position_ids=torch.full((3, 1, 1), at),
            past_key_values=out.past_key_values,
            use_cache=True,
        )
        logits = out.logits[0, -1]


def answer_text(tokenizer: Tokenizer, ids: list[int], stopped_by_eos: bool) -> str:
    """Text of the produced ids, without the eos that ended them and without special tokens."""
    return tokenizer.decode(ids[:-1] if stopped_by_eos else ids, skip_special_tokens=True)


def top(logits: torch.Tensor, k: int = 10) -> list[Json]:
    """The k largest logits as [{"id", "logit"}], largest first."""
    best = logits.topk(k)
    return [{"id": int(i), "logit": float(v)} for i, v in zip(best.indices, best.values)]
