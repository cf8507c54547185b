#!/usr/bin/env python3
"""The work of `chronoscope bench engine` by transformers, one request at a time.

Usage: engine_speed.py CHECKPOINT cpu|cuda|cuda:N

Prints one JSON object when the checkpoint is open. Then each line on stdin is a request and each line on stdout its
answer: the seconds that the work took, or null where the reference has no such work.

    {"row": "encoder", "batch": 8, "widthPx": 448, "heightPx": 448}
    {"row": "prefill", "batch": 1, "promptTokens": 2588}
    {"row": "decode", "batch": 1, "promptTokens": 2588, "newTokens": 128}
    {"row": "answer", "batch": 5, "widthPx": 448, "heightPx": 448, "promptTokens": 1400, "newTokens": 129}

The precision is the fastest one of the device: bfloat16 on a GPU and on a CPU with instructions for it, else float32.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import torch
from transformers import Qwen2_5_VLForConditionalGeneration

PATCH_PX = 14
PATCH_VALUES = 3 * 2 * PATCH_PX * PATCH_PX
TEXT_TOKEN = 5


def best_precision(device: str) -> torch.dtype:
    if device != "cpu":
        return torch.bfloat16
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text() if cpuinfo.exists() else ""
    return torch.bfloat16 if "avx512_bf16" in flags or "amx_bf16" in flags else torch.float32


class Reference:
    def __init__(self, checkpoint: str, device: str) -> None:
        self.device = device
        self.precision = best_precision(device)
        model = Qwen2_5_VLForConditionalGeneration.from_pretrained(
            checkpoint, dtype=self.precision, attn_implementation="sdpa"
        )
        self.model = model.to(device).eval()

    def clock(self) -> float:
        if self.device != "cpu":
            torch.cuda.synchronize()
        return time.perf_counter()

    def encode(self, width: int, height: int, pairs: int) -> None:
        rows, columns = height // PATCH_PX, width // PATCH_PX
        # A batch of frame pairs is a video of so many pairs: attention does not cross them.
        grid = torch.tensor([[pairs, rows, columns]], device=self.device)
        patches = torch.randn(pairs * rows * columns, PATCH_VALUES, device=self.device, dtype=self.precision)
        self.model.model.visual(patches, grid_thw=grid)

    def prefill(self, batch: int, tokens: int):
        ids = torch.full((batch, tokens), TEXT_TOKEN, device=self.device)
        positions = torch.arange(tokens, device=self.device)[None, None].expand(3, batch, -1).contiguous()
        return self.step(self.model.get_input_embeddings()(ids), positions, None)

    def step(self, embeddings, positions, cache):
        out = self.model.model.language_model(
            inputs_embeds=embeddings, position_ids=positions, past_key_values=cache, use_cache=True
        )
        token = self.model.lm_head(out.last_hidden_state[:, -1:]).argmax(-1)
        return token, out.past_key_values

    def decode(self, token, cache, batch: int, context: int, steps: int) -> None:
        for index in range(steps):
            position = torch.full((3, batch, 1), context + index, device=self.device)
            token, cache = self.step(self.model.get_input_embeddings()(token), position, cache)

    def seconds(self, work: dict) -> float | None:
        row, batch = work["row"], work["batch"]
        start = self.clock()
        if row == "encoder":
            self.encode(work["widthPx"], work["heightPx"], batch)
        elif row == "prefill":
            self.prefill(batch, work["promptTokens"])
        elif row == "decode":
            token, cache = self.prefill(batch, work["promptTokens"])
            start = self.clock()
            self.decode(token, cache, batch, work["promptTokens"], work["newTokens"])
        elif row == "answer":
            self.encode(work["widthPx"], work["heightPx"], batch)
            token, cache = self.prefill(1, work["promptTokens"])
            self.decode(token, cache, 1, work["promptTokens"], work["newTokens"] - 1)
        else:
            return None
        return self.clock() - start


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    torch.set_num_threads(int(os.environ.get("THREADS", os.cpu_count() or 1)))
    # Libraries must not write between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    reference = Reference(sys.argv[1], sys.argv[2])
    print(json.dumps({"precision": str(reference.precision).removeprefix("torch.")}), file=answers, flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            print(json.dumps({"seconds": reference.seconds(json.loads(line))}), file=answers, flush=True)


if __name__ == "__main__":
    main()
