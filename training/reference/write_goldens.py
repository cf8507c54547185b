#!/usr/bin/env python3
"""Writes the golden files: the reference's answers for tiny checkpoints and for every rule around the network.

Each case uses the first seed from its base seed on whose greedy answer makes a good test: no near ties, no endless
repetition, and an answer that changes when positions, windows or pictures do. On one machine, with the versions in
requirements.txt and the same number of threads, a second run writes the same bytes; elsewhere floats may differ in
their last bits.
"""

from __future__ import annotations

import argparse
import copy
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer

import pictures
import preprocess_goldens
import qwen_rules as rules
import tiny_checkpoints as tiny
from qwen_rules import Json, Model
from tiny_checkpoints import Shape

STEPS = 48
MIN_GAP = 0.02
MIN_DISTINCT = 16
DENSE = tiny.CORPUS[2]


@dataclass
class Clip:
    """A clip of a prompt: frames x height x width, sampled at fps."""

    name: str
    frames: int
    height: int
    width: int
    fps: float


@dataclass
class Still:
    """A still image of a prompt."""

    name: str
    height: int
    width: int


@dataclass
class Case:
    """One golden case; content is the user's turn, in order."""

    name: str
    about: str
    seed: int
    shape: Shape
    content: Sequence[str | Clip | Still]
    stops: bool = False


BF16 = torch.bfloat16
CASES = [
    Case(
        "published-tied",
        "Published names, tied, flat config; 112x224 is two whole windows; even frame count.",
        1000,
        Shape(),
        [Clip("frames", 4, 112, 224, 2.0), DENSE],
    ),
    Case(
        "published-untied-ragged",
        "Published names, untied lm_head, bf16; 140x196 gives all four window sizes; odd frame count; 0.7 fps.",
        2000,
        Shape(
            enc_hidden=48,
            enc_heads=2,
            enc_depth=4,
            enc_intermediate=80,
            full_attention=(1, 3),
            hidden=64,
            heads=4,
            kv_heads=2,
            intermediate=112,
            eps=1e-5,
            tied=False,
            dtype=BF16,
        ),
        [Clip("frames", 5, 140, 196, 0.7), "Could you go into detail about the content of this long video?"],
    ),
    Case(
        "resaved-nested",
        "Re-saved names, nested text_config with rope_parameters, in_channels, tied; windows of 2x2 tokens; "
        "8 fps, so pairs share temporal ids.",
        3000,
        Shape(
            full_attention=(1,),
            window=56,
            heads=2,
            kv_heads=1,
            mrope=(4, 4, 4),
            theta=10000.0,
            names="resaved",
            config="nested",
        ),
        [
            Clip("frames", 8, 84, 112, 8.0),
            "Give the query: 'a red ball rolls to the left', when does the described content occur in the video?",
        ],
    ),
    Case(
        "sharded-bf16",
        "Three shards with an index, bf16, untied; window_size and tokens_per_second left to the defaults 112 and 4; "
        "4 fps.",
        4000,
        Shape(
            enc_hidden=64,
            enc_heads=4,
            enc_intermediate=96,
            hidden=64,
            heads=2,
            kv_heads=2,
            mrope=(4, 6, 6),
            tied=False,
            dtype=BF16,
            shards=3,
            tokens_per_second=4,
            omit=("window_size", "tokens_per_second"),
        ),
        [Clip("frames", 6, 140, 84, 4.0), DENSE],
    ),
    Case(
        "still-image",
        "A still image whose size is no multiple of 28 (95x130, resized), duplicated to one pair, t = 0.",
        5000,
        Shape(enc_heads=4, hidden=64, heads=4, kv_heads=1, dtype=BF16, max_pixels=12544),
        [Still("image.png", 95, 130), "Describe the image in one sentence."],
    ),
    Case(
        "image-and-two-videos",
        "A clip, text, an image and a second clip (odd frame count) of other sizes and fps in one prompt.",
        6000,
        Shape(hidden=64, heads=4, kv_heads=2),
        [
            Clip("frames-a", 4, 84, 140, 2.0),
            "The first clip.",
            Still("image.png", 56, 84),
            Clip("frames-b", 3, 112, 56, 0.5),
            "What happens first, and what happens in the second clip?",
        ],
    ),
    Case(
        "penalty-eos",
        "Repetition penalty 1.05 over prompt and output, re-saved names with a stored lm_head, nested config; "
        "an eos ends the answer early.",
        7000,
        Shape(
            hidden=48,
            heads=2,
            kv_heads=2,
            mrope=(4, 4, 4),
            tied=False,
            names="resaved",
            config="nested",
            dtype=BF16,
            penalty=1.05,
        ),
        [Clip("frames", 4, 84, 84, 1.0), DENSE],
        stops=True,
    ),
    Case(
        "resized-video",
        "Frames of 100x150 that smart_resize scales within the checkpoint's own pixel bounds; 3 fps.",
        8000,
        Shape(enc_hidden=48, enc_heads=3, enc_intermediate=64, dtype=BF16, max_pixels=13000),
        [Clip("frames", 4, 100, 150, 3.0), "Could you go into detail about the content of this long video?"],
    ),
]


# Prompts that lay a video out differently; `videoLayout` in chronoscope.json selects the layout.
LAYOUT_CASES = [
    Case(
        "timestamps",
        "Each frame as a still image behind its time in seconds, as TimeLens-7B was trained.",
        9000,
        Shape(hidden=64, heads=4, kv_heads=2),
        [
            "0.0s: ",
            Still("000.png", 84, 112),
            "1.0s: ",
            Still("001.png", 84, 112),
            "2.5s: ",
            Still("002.png", 84, 112),
            "Please find the visual event described by the sentence 'a red ball rolls to the left'.",
        ],
    ),
]


class CaseRun:
    """The inputs of one case: frames, prompt, ids and positions; independent of the weights."""

    def __init__(self, case: Case, tokenizer: Tokenizer) -> None:
        self.case = case
        shape = case.shape
        self.preprocessor = {
            "min_pixels": shape.min_pixels,
            "max_pixels": shape.max_pixels,
            "image_mean": [0.48145466, 0.4578275, 0.40821073],
            "image_std": [0.26862954, 0.26130258, 0.27577711],
        }
        self.pixels: list[tuple[Clip | Still, torch.Tensor]] = []
        self.visions: list[rules.Vision] = []
        content: list[str | rules.Vision] = []
        for i, item in enumerate(case.content):
            if isinstance(item, str):
                content.append(item)
                continue
            n = item.frames if isinstance(item, Clip) else 1
            frames = pictures.clip(n, item.height, item.width, case.seed + i)
            vision = self._prepare(item, frames)
            assert vision.size is not None
            if vision.size != (item.height, item.width):
                frames = pictures.away_from_halves(frames, *vision.size)
                vision = self._prepare(item, frames)
            self.pixels.append((item, frames))
            self.visions.append(vision)
            content.append(vision)
        self.prompt = rules.chat_prompt(content)
        self.ids = tokenizer.encode(self.prompt, add_special_tokens=False).ids
        self.positions, self.delta = rules.position_ids(
            self.ids,
            self.visions,
            tiny.token_id("<|image_pad|>"),
            tiny.token_id("<|video_pad|>"),
            shape.tokens_per_second,
        )

    def _prepare(self, item: Clip | Still, frames: torch.Tensor) -> rules.Vision:
        if isinstance(item, Clip):
            return rules.video_input(frames, item.fps, self.preprocessor)
        return rules.image_input(frames[0], self.preprocessor)

    def answer(
        self,
        model: Model,
        positions: torch.Tensor | None = None,
        delta: int | None = None,
        embeddings: list[torch.Tensor] | None = None,
        penalty: float | None = None,
    ) -> rules.Generation:
        """The greedy answer; the case supplies every argument that is None."""
        embeddings = rules.encode(model, self.visions) if embeddings is None else embeddings
        return rules.generate(
            model,
            self.ids,
            self.positions if positions is None else positions,
            self.delta if delta is None else delta,
            self.visions,
            embeddings,
            [tiny.token_id("<|im_end|>"), tiny.token_id("<|endoftext|>")],
            self.case.shape.penalty if penalty is None else penalty,
            STEPS,
        )


def fit(run: CaseRun, model: Model, result: rules.Generation) -> bool:
    """Whether this answer makes a good test (see the module's docstring)."""
    text = result.ids[:-1] if result.stopped_by_eos else result.ids
    if min(result.gaps) < MIN_GAP or any(i >= tiny.MERGED_VOCAB for i in text):
        return False
    if run.case.stops:
        if not result.stopped_by_eos or not 12 <= len(result.ids) <= 40:
            return False
        return len(set(text)) >= 8 and run.answer(model, penalty=1.0).ids != result.ids
    # No run that falls into repeating one or two tokens.
    lively = all(len(set(text[i : i + 12])) >= 5 for i in range(len(text) - 11))
    return lively and not result.stopped_by_eos and len(set(text)) >= MIN_DISTINCT


def sensitivity(run: CaseRun, model: Model, result: rules.Generation) -> Json:
    """How far the first logits (or the encoder output) move under one deliberate mistake."""
    base = result.first_logits
    embeddings = rules.encode(model, run.visions)

    def moved(**changes: Any) -> float:
        return float((run.answer(model, **changes).first_logits - base).abs().max())

    n = len(run.ids)
    other = copy.deepcopy(model)
    other.model.visual.fullatt_block_indexes = list(range(run.case.shape.enc_depth))
    full = rules.encode(other, run.visions)
    flat = run.positions.clone()
    flat[0] = run.positions[1]
    vision = torch.isin(torch.tensor(run.ids), torch.tensor([model.config.image_token_id, model.config.video_token_id]))
    frozen = run.positions.clone()
    frozen[0, vision] = run.positions[0, vision].min()
    return {
        "noPictures": moved(embeddings=[torch.zeros_like(e) for e in embeddings]),
        "rowsReversed": moved(embeddings=[e.flip(0) for e in embeddings]),
        "textPositions": moved(positions=torch.arange(n).expand(3, n), delta=0),
        "heightUsedForTime": moved(positions=flat),
        "timeStandsStill": moved(positions=frozen),
        "encoderAllFullAttention": float(max((a - b).abs().max() for a, b in zip(embeddings, full))),
    }


def installed_positions(run: CaseRun, model: Model) -> Json:
    """The positions of the installed transformers, compared with the rule."""
    ids = torch.tensor(run.ids)
    kinds = (ids == model.config.image_token_id).int() + 2 * (ids == model.config.video_token_id).int()
    images = [v.grid for v in run.visions if v.kind == "image"]
    videos = [v for v in run.visions if v.kind == "video"]
    got, delta = model.model.get_rope_index(
        ids[None],
        mm_token_type_ids=kinds[None],
        image_grid_thw=torch.tensor(images) if images else None,
        video_grid_thw=torch.tensor([v.grid for v in videos]) if videos else None,
        second_per_grid_ts=torch.tensor([v.seconds_per_grid for v in videos]) if videos else None,
    )
    got = got[:, 0]
    wrong = (got != run.positions).any(0).nonzero().flatten().tolist()
    return {
        "transformers": transformers.__version__,
        "followsRule": not wrong,
        "differingTokens": len(wrong),
        "firstDifference": None
        if not wrong
        else {"token": wrong[0], "rule": run.positions[:, wrong[0]].tolist(), "installed": got[:, wrong[0]].tolist()},
        "delta": int(delta[0, 0]),
    }


@torch.no_grad()
def recompute_ids(run: CaseRun, model: Model, ids: list[int]) -> list[int]:
    """Argmaxes of one uncached pass over prompt and output: a check on the cached loop (no penalty)."""
    whole = torch.tensor(run.ids + ids[:-1])
    hidden = model.get_input_embeddings()(whole)
    mask = (whole == model.config.image_token_id) | (whole == model.config.video_token_id)
    hidden[mask] = torch.cat(rules.encode(model, run.visions))
    later = torch.arange(len(run.ids), len(whole)).expand(3, -1) + run.delta
    logits = model(inputs_embeds=hidden[None], position_ids=torch.cat([run.positions, later], 1)[:, None]).logits[0]
    return logits[len(run.ids) - 1 :].argmax(-1).tolist()


def write_floats(path: Path, value: torch.Tensor) -> Json:
    """Writes little-endian float32, row-major; returns the file's entry for golden.json."""
    value.detach().numpy().astype("<f4").tofile(path)
    return {"file": path.name, "shape": list(value.shape)}


def write_golden_json(path: Path, value: Json) -> None:
    """One top-level field a line."""
    lines = [f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def write_case(case: Case, root: Path, tokenizer: Tokenizer, tries: int) -> None:
    """Writes one case with the first fit seed."""
    run = CaseRun(case, tokenizer)
    for seed in range(case.seed, case.seed + tries):
        model = tiny.random_model(case.shape, seed)
        result = run.answer(model)
        if fit(run, model, result):
            break
    else:
        raise RuntimeError(f"{case.name}: no fit seed in {tries}")

    directory = root / case.name
    tiny.write_checkpoint(directory / "checkpoint", model, case.shape, tokenizer)

    # From here on the model is the one read back from the directory.
    checkpoint = rules.load_checkpoint(directory / "checkpoint")
    model = checkpoint.model
    assert checkpoint.tokens_per_second == case.shape.tokens_per_second
    assert checkpoint.penalty == case.shape.penalty
    embeddings = rules.encode(model, run.visions)
    result = run.answer(model, embeddings=embeddings)
    assert fit(run, model, result), f"{case.name}: not fit after reading back"
    if case.shape.penalty == 1.0:
        assert recompute_ids(run, model, result.ids) == result.ids

    content: list[Json] = []
    pixels = iter(run.pixels)
    visions = iter(run.visions)
    for item in case.content:
        if isinstance(item, str):
            content.append({"type": "text", "text": item})
            continue
        (_, frames), vision = next(pixels), next(visions)
        assert vision.size is not None
        common: Json = {
            "height": item.height,
            "width": item.width,
            "resizedHeight": vision.size[0],
            "resizedWidth": vision.size[1],
            "gridThw": list(vision.grid),
            "tokens": vision.tokens,
        }
        if isinstance(item, Clip):
            files = pictures.save_pngs(frames, directory / item.name)
            entry: Json = {"type": "video", "frames": files, "fps": item.fps, "secondsPerGrid": vision.seconds_per_grid}
        else:
            pictures.save_png(frames[0], directory / item.name)
            entry = {"type": "image", "image": item.name}
        content.append(entry | common)

    double = copy.deepcopy(model).double()
    exact = rules.encode(double, run.visions)
    exact_logits = run.answer(double, embeddings=exact).first_logits
    merged = torch.cat(embeddings)
    noise = {
        "encoder": float((torch.cat(exact) - merged).abs().max()),
        "logits": float((exact_logits - result.first_logits).abs().max()),
    }
    videos = [v for v in run.visions if v.kind == "video"]
    moves = sensitivity(run, model, result)
    write_golden_json(
        directory / "golden.json",
        {
            "case": case.name,
            "about": case.about,
            "seed": seed,
            "content": content,
            "promptText": run.prompt,
            "promptTokenIds": run.ids,
            "positionIds": run.positions.tolist(),
            "mropeDelta": run.delta,
            "videoGridThw": [list(v.grid) for v in videos],
            "imageGridThw": [list(v.grid) for v in run.visions if v.kind == "image"],
            "secondsPerGrid": [v.seconds_per_grid for v in videos],
            "tokensPerSecond": case.shape.tokens_per_second,
            "encoder": write_floats(directory / "encoder.f32", merged),
            "embeddingRow0": merged[0, :8].tolist(),
            "embeddingRowLast": merged[-1, :8].tolist(),
            "logits": write_floats(directory / "logits.f32", result.first_logits),
            "firstLogitsTop": rules.top(result.first_logits),
            "maxNewTokens": STEPS,
            "eosTokenIds": checkpoint.eos,
            "repetitionPenalty": case.shape.penalty,
            "tokenIds": result.ids,
            "stoppedByEos": result.stopped_by_eos,
            "text": rules.answer_text(tokenizer, result.ids, result.stopped_by_eos),
            "stepTop1": result.top1,
            "stepGap": result.gaps,
            "minGap": min(result.gaps),
            "float64Distance": noise,
            "sensitivity": moves,
            "installedPositions": installed_positions(run, model),
        },
    )
    print(
        f"{case.name}: seed {seed}, {len(run.ids)} prompt ids, {len(result.ids)} out "
        f"({len(set(result.ids))} distinct), min gap {min(result.gaps):.3f}, float64 distance "
        f"{noise['encoder']:.1e}/{noise['logits']:.1e}, moves {json.dumps({k: round(v, 3) for k, v in moves.items()})}"
    )


def write_bf16(case: Case, root: Path, tokenizer: Tokenizer) -> None:
    """Writes what the reference computes in bfloat16 on the checkpoint of a case that is written already."""
    run = CaseRun(case, tokenizer)
    directory = root / case.name
    checkpoint = rules.load_checkpoint(directory / "checkpoint")
    model = checkpoint.model
    embeddings = rules.encode(model, run.visions)
    result = run.answer(model, embeddings=embeddings)
    # Read as bfloat16, not converted to it: the frequencies of the rotary embeddings stay in float32.
    rounded = rules.load_checkpoint(directory / "checkpoint", dtype=BF16).model
    rounded_embeddings = rules.encode(rounded, run.visions)
    rounded_result = run.answer(rounded, embeddings=rounded_embeddings)
    moved = {
        "encoder": float((torch.cat(rounded_embeddings).float() - torch.cat(embeddings)).abs().max()),
        "logits": float((rounded_result.first_logits.float() - result.first_logits).abs().max()),
    }
    write_golden_json(
        directory / "bf16.json",
        {
            "case": case.name,
            "encoder": write_floats(directory / "encoder.bf16.f32", torch.cat(rounded_embeddings).float()),
            "logits": write_floats(directory / "logits.bf16.f32", rounded_result.first_logits.float()),
            "tokenIds": rounded_result.ids,
            "float32Distance": moved,
        },
    )
    print(f"{case.name}: bfloat16 moves the encoder by {moved['encoder']:.1e}, the logits by {moved['logits']:.1e}")


def check_layout(tokenizer: Tokenizer) -> None:
    """The chat template shipped in the checkpoints lays a prompt out exactly as rules.chat_prompt does."""
    from jinja2 import Environment

    # One token each, so that the template's single placeholder equals the repeated one.
    vision = [rules.Vision(kind, None, (1, 2, 2)) for kind in ("video", "image")]
    content = [{"type": "video"}, {"type": "text", "text": "Hi."}, {"type": "image"}, {"type": "text", "text": DENSE}]
    got = (
        Environment()
        .from_string(tiny.CHAT_TEMPLATE)
        .render(messages=[{"role": "user", "content": content}], add_generation_prompt=True)
    )
    assert got == rules.chat_prompt([vision[0], "Hi.", vision[1], DENSE]), got


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).resolve().parents[2] / "src" / "test" / "resources" / "golden"
    parser.add_argument("--out", type=Path, default=default)
    parser.add_argument("--only", nargs="*", help="write only these cases (or 'preprocess')")
    parser.add_argument("--tries", type=int, default=600, help="seeds to try for each case")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bf16", action="store_true", help="write only the bfloat16 results of existing cases")
    parser.add_argument("--layouts", action="store_true", help="write the other layouts of a video instead")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()

    tokenizer = tiny.build_tokenizer()
    assert tokenizer.to_str() == tiny.build_tokenizer().to_str(), "the tokenizer is not reproducible"
    check_layout(tokenizer)
    if args.bf16:
        for case in CASES:
            if not args.only or case.name in args.only:
                write_bf16(case, args.out, tokenizer)
        return
    if args.layouts:
        for case in LAYOUT_CASES:
            shutil.rmtree(args.out / case.name, ignore_errors=True)
            write_case(case, args.out, tokenizer, args.tries)
        return
    chosen = args.only or [c.name for c in CASES] + ["preprocess"]
    for name in chosen:
        directory = args.out / name
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        if name == "preprocess":
            preprocess_goldens.write(directory, tokenizer, write_golden_json)
        else:
            case = next(c for c in CASES if c.name == name)
            write_case(case, args.out, tokenizer, args.tries)
            write_bf16(case, args.out, tokenizer)


if __name__ == "__main__":
    main()
