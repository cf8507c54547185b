"""Trains the encoder to say where in the picture an object is.

Qwen2.5-VL has no absolute position in space: the encoder's rotary angles are relative, and at `rope_theta` 1e6 the
decoder's height and width angles hardly differ between neighbouring tokens. What lies "in the left half" must
therefore be part of the encoder's tokens. This stage trains the whole encoder with a linear read-out of the object's
place next to the read-outs of `train`, and keeps the tokens close to those of the encoder that the decoder knows.
"""

import argparse
import copy
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import data
from . import model as net
from .export import load_grown
from .train import Stats

# Short windows, so that most pictures show something new.
SECONDS = {1: 6, 2: 4, 4: 2}
COUNT = (0.03, 0.3, 0.4, 0.27)
KEEP, HEADS, SPREAD = 10.0, 0.3, 0.04  # weights of the old tokens and the read-outs; variance of a place


def locate(options: argparse.Namespace) -> None:
    """Trains the encoder of an exported checkpoint, or of a run's averaged weights, into `<run>/encoder.pt`."""
    torch.set_num_threads(1)
    run = Path(options.run)
    run.mkdir(parents=True, exist_ok=True)
    model, _ = load_grown(options.start)
    saved = run / "state.pt"
    if saved.exists():
        average = torch.load(saved, weights_only=True)["average"]
        for name, parameter in model.named_parameters():
            parameter.data = average[name].clone()
    visual = model.model.visual
    before = copy.deepcopy(visual).requires_grad_(False)
    heads, place = net.TokenHeads(), nn.Linear(192, 2)
    readers = [*heads.parameters(), *place.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": list(visual.parameters()), "base": options.lr}, {"params": readers, "base": 3e-3}],
        lr=options.lr,
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    rng = np.random.default_rng([data.TRAIN_SEED, 5, options.seed])
    smooth: Stats = {}
    for step in range(options.steps):
        falling = max(0.03, (options.steps - step) / (options.steps * options.decay))
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * min(1.0, (step + 1) / 40, falling)
        grid = data.pick(rng, {g: share for g, (_, share) in data.GRIDS.items()})
        fps = data.pick(rng, {2: 0.4, 1: 0.25, 4: 0.35})
        clips = []
        for _ in range(options.clips):
            spec = {**data.LESSON, "count": COUNT, "lessons": rng.random() < 0.3}
            clips.append(data.sample_clip(rng, spec, fps, SECONDS[fps], grid))
        frames = torch.from_numpy(np.stack([c.frames for c in clips]))
        labels = torch.from_numpy(np.stack([c.labels for c in clips if c.labels is not None]))
        labels = labels.permute(0, 1, 3, 4, 2).reshape(-1, 7)
        with torch.autocast("cpu", torch.bfloat16):
            tokens = net.encode(visual, frames).float().flatten(0, 1)
            with torch.no_grad():
                old = net.encode(before, frames).float().flatten(0, 1)
        keep = ((tokens - old) ** 2).mean() / old.var()
        aux, hits = heads(tokens, labels)
        there = labels[:, 5] >= 0
        target = labels[there][:, 5:].float() / 100 - 0.5
        said = place(tokens[there])
        miss = ((said - target) ** 2).mean(0)
        loss = miss.sum() / SPREAD + KEEP * keep + HEADS * aux
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(visual.parameters(), 1.0)
        if math.isfinite(loss.item()):
            optimizer.step()
        far = target.abs() > 0.04
        right = ((said > 0) == (target > 0)).float()
        halves = [right[:, axis][far[:, axis]].mean().item() for axis in (0, 1)]
        found = dict(zip(("colour", "shape", "motion", "presence", "dark"), hits))
        found |= {"keep": keep.item(), "left/right": halves[0], "upper/lower": halves[1]}
        for k, v in found.items():
            if math.isfinite(v):
                smooth[k] = v if k not in smooth else smooth[k] + 0.03 * (v - smooth[k])
        if (step + 1) % 100 == 0:
            print(time.strftime("%H:%M:%S"), step + 1, " ".join(f"{k} {v:.3f}" for k, v in smooth.items()), flush=True)
            torch.save(visual.state_dict(), run / "encoder.tmp")
            os.replace(run / "encoder.tmp", run / "encoder.pt")
