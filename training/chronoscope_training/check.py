"""Compares the trainer's forward pass with the reference class, loaded from an exported directory."""

from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration

from . import data, evaluate, lessons, prompts, stories
from . import model as net
from .export import load_directory


@torch.no_grad()
def check(folder: str | Path) -> None:
    """Prints the largest differences of logits; fails when one exceeds 0.001."""
    ours, text = load_directory(folder)
    reference = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    sample = prompts.ASK.format(prompts.DENSE) + prompts.dense_answer([(0.25, 11.5, "A red circle turns blue.")])
    assert tokenizer(sample)["input_ids"] == text.ids(sample), "the tokenizers differ"
    for seed, fps in ((30_000, 2), (30_001, 1), (30_002, 4), (30_003, 0.7)):
        pictures, times, scene = evaluate.held_out(seed, 3, fps)
        frames = torch.from_numpy(pictures)[None]
        grid = (frames.shape[2] // 28, frames.shape[3] // 28)
        truth = data.seen_events(scene, times, data.frame_times(fps, 10)[1], fps)
        rng = np.random.default_rng(seed)
        shot = data.Shot(times, data.frame_times(fps, 10)[1], fps, 10, scene, truth)
        branches = text.branches(rng, truth) + text.lesson(rng, lessons.Lesson(), shot)
        lay = data.lay_out(text, [branches], [times[::2]], grid)
        decoder = ours.model.language_model
        x = decoder.embed_tokens(lay["ids"])
        x[:, lay["head"] : lay["head"] + lay["video"]] = net.encode(ours.model.visual, frames).flatten(0, 1)[None]
        logits = torch.nn.functional.linear(
            net.decode(decoder, x, lay["positions"], data.mask_of(lay["branch"])), ours.lm_head.weight
        )
        for branch in range(1, len(branches) + 1):
            chosen = (lay["branch"][0] == 0) | (lay["branch"][0] == branch)
            ids = lay["ids"][:, chosen]
            expected = reference(
                input_ids=ids,
                pixel_values_videos=net.patches(frames).reshape(-1, 1176),
                video_grid_thw=torch.tensor([[len(times) // 2, grid[0] * 2, grid[1] * 2]]),
                position_ids=lay["positions"][:, :, chosen],
                attention_mask=torch.ones_like(ids),
            ).logits
            off = (logits[:, chosen] - expected).abs().max().item()
            print(f"seed {seed} fps {fps} grid {grid} question {branch}: largest difference of logits {off:.1e}")
            assert off < 1e-3
    parts, summary = stories.sample(np.random.default_rng(30_004))
    ids = torch.tensor([text.whole(parts) + text.ids(summary)])
    positions = torch.arange(ids.shape[1]).expand(3, 1, -1)
    logits = torch.nn.functional.linear(net.decode(decoder, decoder.embed_tokens(ids), positions), ours.lm_head.weight)
    off = (logits - reference(input_ids=ids, attention_mask=torch.ones_like(ids)).logits).abs().max().item()
    print(f"text of {ids.shape[1]} tokens: largest difference of logits {off:.1e}")
    assert off < 1e-3
