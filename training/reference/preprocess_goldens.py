"""Goldens for the rules around the network: sizes, frames, resampling, pixel values, positions, tokens."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

import pictures
import qwen_rules as rules
import tiny_checkpoints as tiny
from qwen_rules import Json

MEAN = [0.48145466, 0.4578275, 0.40821073]
STD = [0.26862954, 0.26130258, 0.27577711]


def smart_resize_cases() -> list[Json]:
    """Sizes in, sizes out; "error": true where the aspect ratio is refused."""
    bounds = [(3136, 12845056), (100352, 602112), (3136, 50176), (7056, 9408), (3136, 13000)]
    sizes = [
        (28, 28), (14, 14), (1, 1), (27, 29), (42, 42), (42, 70), (70, 98), (98, 126), (126, 154), (41, 43),
        (84, 84), (84, 112), (95, 130), (100, 150), (112, 224), (140, 196), (200, 1), (1, 200), (10, 1000),
        (5, 1000), (20, 4000), (240, 320), (270, 480), (360, 640), (480, 640), (480, 854), (576, 720), (602, 602),
        (720, 1280), (728, 1288), (1080, 1920), (1920, 1080), (2160, 3840), (4320, 7680), (448, 448), (210, 1190),
        (13, 2600), (2600, 13),
    ]  # fmt: skip
    out = []
    for low, high in bounds:
        for h, w in sizes:
            out.append(_sized(h, w, low, high))
    # Fractional upper bounds come out of the per-frame cap.
    for frames in (256, 301, 400, 767, 768):
        cap = rules.frame_pixel_cap(frames, 100352, None)
        out += [_sized(h, w, 100352, cap) for h, w in ((720, 1280), (1080, 1920), (480, 854))]
    # Refused.
    for h, w in ((1, 201), (201, 1), (10, 2001), (28, 5601), (5601, 28)):
        out.append(_sized(h, w, 3136, 12845056))
    return out


def _sized(h: int, w: int, low: int, high: float) -> Json:
    case: Json = {"height": h, "width": w, "minPixels": low, "maxPixels": high}
    try:
        rh, rw = rules.smart_resize(h, w, low, high)
    except ValueError:
        return case | {"error": True}
    return case | {"error": False, "resizedHeight": rh, "resizedWidth": rw}


def pixel_cap_cases() -> list[Json]:
    """Per-frame pixel caps; callerMaxPixels null where the caller sets none."""
    out = []
    for frames in (1, 2, 4, 100, 256, 298, 300, 302, 301, 500, 768, 1500, 2000):
        for low, high in ((100352, None), (100352, 200704), (3136, 50176), (500000, None), (7056, 9408)):
            cap = rules.frame_pixel_cap(frames, low, high)
            out.append({"frames": frames, "minPixels": low, "callerMaxPixels": high, "maxPixels": cap})
    return out


def _double_indices(start: int, end: int, n: int) -> list[int]:
    return [round(start + i * (end - start) / (n - 1)) for i in range(n)]


def _fma_indices(start: int, end: int, n: int) -> list[int]:
    """The float32 fused multiply-add form, for the check that torch does it this way."""
    f = np.float32
    step = f(f(end - start) / f(n - 1))
    out = []
    for i in range(n):
        # float64 holds the product of two float32 exactly.
        x = f(float(step) * i + start) if i < n // 2 else f(float(end) - float(step) * (n - 1 - i))
        out.append(int(np.rint(x)))
    return out


def sampling_cases() -> tuple[list[Json], Json]:
    """Frame counts and indices, the whole video each; "error": true where there are too few frames."""
    asked: list[tuple[int, float, float, int, int]] = []
    for total in (1, 2, 3, 4, 5, 7, 8, 9, 15, 30, 49, 50, 75, 100, 150, 301, 899, 1800, 7201, 12345, 54000, 107892):
        for video_fps in (24.0, 25.0, 29.97, 30000 / 1001, 60.0):
            for fps in (0.5, 1.0, 2.0, 4.0):
                asked.append((total, video_fps, fps, 4, 768))
    asked += [(300, 30.0, 2.0, 4, 10), (300, 30.0, 2.0, 5, 11), (300, 30.0, 0.1, 6, 768), (300, 30.0, 30.0, 4, 768)]
    asked += [(10, 30.0, 60.0, 4, 768), (1_000_003, 25.0, 2.0, 4, 768), (5_400_000, 60.0, 1.0, 4, 768)]
    out, differ, fma_wrong = list[Json](), list[Json](), 0
    for total, video_fps, fps, low, high in asked:
        case: Json = {"totalFrames": total, "videoFps": video_fps, "fps": fps, "minFrames": low, "maxFrames": high}
        try:
            n = rules.smart_nframes(total, video_fps, fps, low, high)
        except ValueError:
            out.append(case | {"error": True})
            continue
        indices = rules.frame_indices(0, total - 1, n)
        unlike = indices != _double_indices(0, total - 1, n)
        fma_wrong += indices != _fma_indices(0, total - 1, n)
        case |= {"error": False, "nframes": n, "sampleFps": n / total * video_fps, "differsFromDouble": unlike}
        # Long lists only where they tell something: where double arithmetic takes other frames.
        if n <= 64 or (unlike and len(differ) < 8):
            case["indices"] = indices
            if unlike and n > 64:
                differ.append(case)
        out.append(case)
    # Long videos, and parts of one, where double arithmetic takes other frames.
    rng = np.random.default_rng(7)
    ranges, tried, total_unlike = list[Json](), 0, 0
    while len(ranges) < 24 and tried < 4000:
        tried += 1
        start = int(rng.integers(0, 20000)) if tried % 2 else 0
        end = start + int(rng.integers(2000, 400000))
        n = 2 * int(rng.integers(20, 60 if tried % 3 else 384))
        indices = rules.frame_indices(start, end, n)
        fma_wrong += indices != _fma_indices(start, end, n)
        unlike = indices != _double_indices(start, end, n)
        total_unlike += unlike
        if (unlike and (n <= 120 or len(ranges) > 20)) or tried <= 6:
            ranges.append({"start": start, "end": end, "n": n, "differsFromDouble": unlike, "indices": indices})
    return out, {
        "ranges": ranges,
        "checked": {"fusedFloat32Disagrees": int(fma_wrong), "rangesTried": tried, "rangesUnlikeDouble": total_unlike},
    }


def write_resize(directory: Path) -> list[Json]:
    """Resampled pictures: uint8 in, float32 before clamp and rounding, uint8 out, all [3, h, w]."""
    out = []
    for i, (h, w, rh, rw) in enumerate(
        [(40, 60, 28, 28), (56, 84, 28, 56), (28, 28, 56, 84), (33, 47, 84, 28), (100, 150, 84, 112), (90, 30, 28, 28),
         (31, 57, 28, 56), (1, 5, 28, 28)]
    ):  # fmt: skip
        name = f"{h}x{w}-to-{rh}x{rw}"
        source = pictures.away_from_halves(pictures.clip(1, h, w, 9100 + i), rh, rw)[0]
        value = rules.resize_float(source, rh, rw)
        source.numpy().tofile(directory / f"{name}.in.u8")
        value.numpy().astype("<f4").tofile(directory / f"{name}.out.f32")
        rules.resize(source, rh, rw).numpy().tofile(directory / f"{name}.out.u8")
        out.append(
            {
                "input": {"file": f"resize/{name}.in.u8", "shape": [3, h, w]},
                "float": {"file": f"resize/{name}.out.f32", "shape": [3, rh, rw]},
                "output": {"file": f"resize/{name}.out.u8", "shape": [3, rh, rw]},
            }
        )
    return out


def write_pixel_values(directory: Path) -> Json:
    """Pixel values of a clip of three frames (the last repeated), checked against the installed processor."""
    frames = pictures.clip(3, 56, 84, 9300)
    value, grid = rules.patchify(frames, MEAN, STD)
    files = pictures.save_pngs(frames, directory / "frames")
    value.numpy().astype("<f4").tofile(directory / "pixel_values.f32")
    return {
        "frames": files,
        "imageMean": MEAN,
        "imageStd": STD,
        "gridThw": list(grid),
        "pixelValues": {"file": "pixel_values.f32", "shape": list(value.shape)},
        "installedImageProcessorDistance": _installed_distance(frames[0]),
    }


def _installed_distance(frame: torch.Tensor) -> float | None:
    """Largest distance to the pixel values transformers' own image processor makes of an unscaled still."""
    try:
        from transformers import Qwen2VLImageProcessorPil
    except ImportError:
        return None
    processor = Qwen2VLImageProcessorPil(min_pixels=3136, max_pixels=50176)
    theirs = processor(frame.permute(1, 2, 0).numpy(), return_tensors="pt", input_data_format="channels_last")
    ours, grid = rules.patchify(frame[None], MEAN, STD)
    assert tuple(theirs["image_grid_thw"][0].tolist()) == grid
    distance = float((theirs["pixel_values"] - ours).abs().max())
    assert distance < 1e-5, distance
    return distance


def position_cases() -> list[Json]:
    """Prompts as segments, with the ids they stand for and the positions of every token."""
    text, start, end = 300, tiny.token_id("<|vision_start|>"), tiny.token_id("<|vision_end|>")
    image, video = tiny.token_id("<|image_pad|>"), tiny.token_id("<|video_pad|>")
    out = []

    def add(about: str, tokens_per_second: int, *segments: int | rules.Vision) -> None:
        ids: list[int] = []
        visions, described = list[rules.Vision](), list[Json]()
        for segment in segments:
            if isinstance(segment, int):
                ids += [text] * segment
                described.append({"type": "text", "length": segment})
                continue
            visions.append(segment)
            pad = image if segment.kind == "image" else video
            ids += [start] + [pad] * segment.tokens + [end]
            entry: Json = {"type": segment.kind, "gridThw": list(segment.grid)}
            if segment.pair_seconds is not None:
                entry["pairSeconds"] = segment.pair_seconds
            elif segment.kind == "video":
                entry["secondsPerGrid"] = segment.seconds_per_grid
            described.append(entry)
        positions, delta = rules.position_ids(ids, visions, image, video, tokens_per_second)
        out.append(
            {
                "about": about,
                "tokensPerSecond": tokens_per_second,
                "segments": described,
                "inputIds": ids,
                "positionIds": positions.tolist(),
                "mropeDelta": delta,
                "nextPosition": delta + len(ids),
            }
        )

    def clip(t: int, h: int, w: int, per_grid: float | None = None, seconds: list[float] | None = None) -> rules.Vision:
        return rules.Vision("video", None, (t, h, w), 0.0 if per_grid is None else per_grid, seconds)

    def still(h: int, w: int) -> rules.Vision:
        return rules.Vision("image", None, (1, h, w))

    add("text only", 2, 7)
    add("one still image", 2, 5, still(6, 8), 4)
    add("a wide image: the text goes on after its width", 2, 3, still(2, 20), 4)
    for rate in (2, 4, 25):
        for fps in (0.5, 0.7, 1.0, 2.0, 2.01, 3.0, 4.0, 5.0, 8.0, 29.97):
            add(f"{fps} frames a second, {rate} ids a second", rate, 3, clip(6, 4, 6, 2 / fps), 2)
    add("a long clip of small frames: time rules the next position", 2, 3, clip(30, 2, 2, 1.0), 3)
    add("a short clip of large frames: width rules the next position", 2, 3, clip(1, 6, 24, 1.0), 3)
    add("one pair only", 2, 1, clip(1, 2, 2, 2.857142857142857), 1)
    add("a sample rate that is hardly ever round", 2, 3, clip(20, 2, 4, 2 / (38 / 577 * 29.97)), 2)
    add("image and two clips", 2, 4, clip(2, 6, 10, 1.0), 3, still(4, 6), clip(2, 8, 4, 4.0), 6)
    add("two clips with nothing between", 2, 2, clip(3, 2, 2, 0.25), clip(3, 2, 2, 0.5), 2)
    add("pictures at both ends of the prompt", 2, still(2, 2), 3, clip(2, 2, 2, 1.0))
    add("uneven frame times", 2, 3, clip(5, 4, 4, seconds=[0.0, 0.4, 1.75, 1.9, 6.25]), 3)
    add("uneven frame times, 4 ids a second", 4, 3, clip(5, 4, 4, seconds=[0.0, 0.4, 1.75, 1.9, 6.3]), 3)
    add("evenly spaced, given as times", 2, 3, clip(4, 4, 4, seconds=[0.0, 1.0, 2.0, 3.0]), 3)
    # Where the float32 product and the float64 product are cut to different whole numbers.
    found = 0
    for total in range(30, 4000):
        for video_fps in (25.0, 29.97, 30.0):
            n = 2 * (total // 60 + 2)
            per_grid = 2 / (n / total * video_fps)
            grid = min(n // 2, 40)
            single = (torch.arange(grid) * per_grid * 2).long().tolist()
            if single != [math.trunc(t * per_grid * 2) for t in range(grid)] and found < 6:
                found += 1
                add("float32 and float64 products are cut differently", 2, 1, clip(grid, 2, 2, per_grid), 1)
    return out


TEXTS = [
    "",
    " ",
    "Hello world",
    "You are a helpful assistant.",
    "Localize a series of activity events in the video",
    "It's what they'd've done, isn't it? I'LL GO; WE'RE HERE",
    "00:01.50 - 12:34.99, 3.14159 and 1234567890",
    "a  b   c    d",
    " leading and trailing ",
    "tab\tand\ttabs\t\t",
    "line\nbreaks\r\nof\n\nseveral\r\rkinds\n",
    "   \n   indented\n\t\n",
    "trailing spaces   \n  next",
    "```json\n[\n{\"start_time\": \"00:01.50\"}\n]\n```",
    "(){}[]<>!?.,;:'\"`~@#$%^&*-_=+\\|/",
    "!!!\n\n???\r\nx",
    "na\u00efve caf\u00e9 \u00fcber \u00d8l stra\u00dfe \u00c5ngstr\u00f6m",
    "decomposed: cafe\u0301 A\u030a n\u0303 \u1100\u1161\u11a8",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002\u65e5\u672c\u8a9e\u306e\u30c6\u30b9\u30c8",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0393\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd \u0928\u092e\u0938\u094d\u0924\u0947",
    "\u0661\u0662\u0663 \u00bd \u2167 \u00b2 \u2460",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1eb\U0001f1ee \u2764\ufe0f",
    "nbsp\u00a0thin\u2009zero\u200bwidth\u3000wide\u2028line\u0085next",
    "control \u0001\u0007\u001f\u007f end",
    "\ufeffbom and \ufffd replacement",
    "'S 'T 'Re 'VE 'M 'lL 'D \u2019s",
    "<|im_start|>user\nHi<|im_end|>",
    "a<|im_end|>b <|endoftext|> c",
    "<|im_start|<|im_start|> <|vision_pad|>|>",
    "<tool_call>{\"a\": 1}</tool_call>",
    "<|vision_start|><|video_pad|><|video_pad|><|vision_end|>",
    "<|object_ref_start|>ball<|object_ref_end|><|box_start|>(1,2),(3,4)<|box_end|><|quad_start|><|quad_end|>",
    "<|IM_START|> <|im_start |>",
    "x" * 40 + " " * 9 + "y",
]  # fmt: skip


def tokenizer_cases(tokenizer: Tokenizer) -> list[Json]:
    """Texts and ids; special tokens in a text are recognised. decoded keeps them, decodedPlain skips them."""
    texts = [
        *TEXTS,
        rules.chat_prompt([rules.Vision("video", None, (2, 2, 2)), tiny.CORPUS[2]]),
        rules.chat_prompt(
            [rules.Vision("image", None, (1, 2, 2)), "What?", rules.Vision("video", None, (1, 2, 4)), "Why?"]
        ),
        rules.chat_prompt(["No picture at all."]),
    ]
    out = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        out.append(
            {
                "text": text,
                "ids": ids,
                "decoded": tokenizer.decode(ids, skip_special_tokens=False),
                "decodedPlain": tokenizer.decode(ids, skip_special_tokens=True),
            }
        )
    return out


def decoding_cases(tokenizer: Tokenizer) -> list[Json]:
    """Ids whose bytes are not whole characters: replacement characters must fall as in the reference."""
    rng = np.random.default_rng(11)
    smile = tokenizer.encode("\U0001f600 \u4f60\u597d").ids
    lists = [smile[:1], smile[:2], smile[:3], smile[1:], smile[:2] + smile, [*smile, tiny.token_id("<|im_end|>")]]
    lists += [rng.integers(0, tiny.TOKENIZER_VOCAB, 16).tolist() for _ in range(8)]
    return [
        {
            "ids": ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=False),
            "decodedPlain": tokenizer.decode(ids, skip_special_tokens=True),
        }
        for ids in lists
    ]


def write(directory: Path, tokenizer: Tokenizer, write_json: Callable[[Path, Json], None]) -> None:
    """Writes every file of golden/preprocess; write_json(path, dict) writes one JSON object."""
    for part in ("resize", "pixel-values", "tokenizer"):
        (directory / part).mkdir(parents=True)
    sampling, long_ranges = sampling_cases()
    write_json(directory / "smart_resize.json", {"cases": smart_resize_cases(), "pixelCaps": pixel_cap_cases()})
    write_json(directory / "frame_sampling.json", {"cases": sampling} | long_ranges)
    write_json(directory / "resize.json", {"cases": write_resize(directory / "resize")})
    write_json(directory / "pixel-values" / "pixel_values.json", write_pixel_values(directory / "pixel-values"))
    write_json(directory / "position_ids.json", {"spatialMergeSize": rules.MERGE, "cases": position_cases()})
    tokenizer.save(str(directory / "tokenizer" / "tokenizer.json"), pretty=False)
    write_json(
        directory / "tokenizer" / "tokenizer_cases.json",
        {"cases": tokenizer_cases(tokenizer), "decoding": decoding_cases(tokenizer)},
    )
    print(f"preprocess: {long_ranges['checked']}")
