#!/usr/bin/env python3
"""Prints the reference's answer for one checkpoint and one input as one JSON object.

The fields are those of `chronoscope generate --json`, so the two can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import torch

import qwen_rules as rules


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="checkpoint directory")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--frames", type=Path, help="directory of PNG frames, taken in name order")
    source.add_argument("--image", type=Path, help="one still image")
    parser.add_argument("--fps", type=float, help="frames a second the frames were sampled at (needed with --frames)")
    parser.add_argument("--prompt", required=True, help="the question")
    parser.add_argument("--max-new-tokens", type=int, default=48)
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    args = parser.parse_args()
    if args.frames and not (args.fps and args.fps > 0):
        parser.error("--frames needs --fps above 0")
    torch.set_num_threads(args.threads)

    checkpoint = rules.load_checkpoint(args.model, attention="sdpa")
    if args.frames:
        paths = sorted(args.frames.glob("*.png"))
        if not paths:
            sys.exit(f"no PNG in {args.frames}")
        frames = torch.stack([rules.read_rgb(p) for p in paths])
        vision = rules.video_input(frames, args.fps, checkpoint.preprocessor)
    else:
        vision = rules.image_input(rules.read_rgb(args.image), checkpoint.preprocessor)

    config = checkpoint.config
    prompt = rules.chat_prompt([vision, args.prompt])
    ids = checkpoint.tokenizer.encode(prompt, add_special_tokens=False).ids
    positions, delta = rules.position_ids(
        ids, [vision], config.image_token_id, config.video_token_id, checkpoint.tokens_per_second
    )
    embeddings = rules.encode(checkpoint.model, [vision])
    result = rules.generate(
        checkpoint.model,
        ids,
        positions,
        delta,
        [vision],
        embeddings,
        checkpoint.eos,
        checkpoint.penalty,
        args.max_new_tokens,
    )
    is_video = vision.kind == "video"
    print(
        json.dumps(
            {
                "promptTokenIds": ids,
                "tokenIds": result.ids,
                "text": rules.answer_text(checkpoint.tokenizer, result.ids, result.stopped_by_eos),
                "videoGridThw": [list(vision.grid)] if is_video else [],
                "imageGridThw": [] if is_video else [list(vision.grid)],
                "secondsPerGrid": [vision.seconds_per_grid] if is_video else [],
                "firstLogitsTop": rules.top(result.first_logits),
                "embeddingRow0": embeddings[0][0, :8].tolist(),
                "embeddingRowLast": embeddings[0][-1, :8].tolist(),
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
