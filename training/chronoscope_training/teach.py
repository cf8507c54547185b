"""Fine-tuning: teaches an exported checkpoint further questions together with those it already answers."""

import argparse
import copy
import csv
import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import data, evaluate, lessons
from . import model as net
from .data import Batch, Text
from .export import load_grown
from .model import Model
from .train import Average, Stats

# The parts of the encoder below the merger.
FROZEN = ("visual.blocks", "visual.patch_embed")


def answers(model: Model, text: Text, x: Tensor, batch: Batch, weight: Tensor) -> tuple[Tensor, Stats]:
    """The weighted loss over the answer tokens of a decoded batch, and accuracies."""
    where = batch["target"] != data.IGNORE
    target = batch["target"][where]
    logits = F.linear(x[where].float(), model.lm_head.weight)
    weight = weight[target]
    loss = (F.cross_entropy(logits, target, reduction="none") * weight).sum() / weight.sum()
    right = logits.detach().argmax(-1) == target
    stats: Stats = {"loss": loss.item()}
    for name, members in text.groups.items():
        chosen = torch.isin(target, members)
        if chosen.any():
            stats[name] = right[chosen].float().mean().item()
    return loss, stats


def video_loss(
    model: Model, text: Text, batch: Batch, bf16: bool, frozen: bool = True, start: Model | None = None
) -> tuple[Tensor, Stats]:
    """Loss and accuracies of the questions about a batch of clips.

    With `start` the loss is the distance to what that model says about them (learning without forgetting).
    """
    x = decoded(model, batch, bf16, frozen)
    loss, stats = answers(model, text, x, batch, text.weight)
    if start is not None:
        where = batch["target"] != data.IGNORE
        with torch.no_grad():
            before = F.linear(decoded(start, batch, bf16, True)[where].float(), start.lm_head.weight).log_softmax(-1)
        now = F.linear(x[where].float(), model.lm_head.weight).log_softmax(-1)
        loss = F.kl_div(now, before, reduction="batchmean", log_target=True)
    return loss, stats


def decoded(model: Model, batch: Batch, bf16: bool, frozen: bool) -> Tensor:
    """The decoder's output for the tokens of a batch of clips [tokens, hidden]."""
    clips, prefix, start, video = (batch[k] for k in ("clips", "prefix", "head", "video"))
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        tokens = net.encode(model.model.visual, batch["frames"], frozen)
    embedded = model.model.language_model.embed_tokens(batch["ids"])
    shared = embedded[: clips * prefix].view(clips, prefix, -1)
    shared = torch.cat(
        (shared[:, :start], tokens.reshape(clips, video, -1).to(embedded.dtype), shared[:, start + video :]), 1
    )
    x = torch.cat((shared.flatten(0, 1), embedded[clips * prefix :]))
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        return net.decode_packed(model.model.language_model, x, batch["positions"], clips, prefix, batch["groups"])


def text_loss(model: Model, text: Text, batch: Batch, bf16: bool) -> tuple[Tensor, Stats]:
    """Loss and accuracies of the questions about a batch of texts."""
    embedded = model.model.language_model.embed_tokens(batch["ids"])
    length = embedded.shape[1]
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        x = net.decode(
            model.model.language_model, embedded, batch["positions"], torch.full((length, length), -1e9).triu_(1)
        )
    return answers(model, text, x, batch, torch.ones_like(text.weight))


def teach(options: argparse.Namespace) -> None:
    """Trains until the time budget is spent; saves its state, so a stopped run can resume."""
    torch.set_num_threads(1)
    run = Path(options.run)
    run.mkdir(parents=True, exist_ok=True)
    model, text = load_grown(options.start)
    first = copy.deepcopy(model) if options.keep else None
    groups: list[dict[str, Any]] = []
    for deep, scale in ((True, options.encoder_rate), (False, 1.0)):
        chosen = [p for n, p in model.named_parameters() if any(f in n for f in FROZEN) == deep]
        groups += [
            {"params": [p for p in chosen if (p.ndim > 1) == matrix], "weight_decay": decay, "scale": scale}
            for matrix, decay in ((True, 0.02), (False, 0.0))
        ]
    params = list(model.parameters())
    optimizer = torch.optim.AdamW(groups, lr=options.lr, betas=(0.9, 0.98), fused=True)
    average = Average(model, options.average)
    state: dict[str, Any] = {"step": 0, "elapsed": 0.0, "clips": 0, "texts": 0, "segment": 0}
    saved = run / "state.pt"
    if options.resume and saved.exists():
        loaded = torch.load(saved, weights_only=True)
        model.load_state_dict(loaded["model"])
        optimizer.load_state_dict(loaded["optimizer"])
        for group, fresh in zip(optimizer.param_groups, groups):
            group["scale"] = fresh["scale"]
        average.shadow, average.steps, state = loaded["average"], loaded["average_steps"], loaded["state"]
        state["segment"] += 1  # a fresh stream of scenes
    rng = np.random.default_rng([data.TRAIN_SEED, 2, options.seed, state["segment"]])
    lesson, longest = lessons.Lesson(), int(options.lines)
    lessons.ALIKE = options.alike
    smooth: Stats = {}
    print(
        f"vocabulary {text.tokenizer.get_vocab_size()}, parameters {sum(p.numel() for p in model.parameters())}, "
        f"state {state}",
        flush=True,
    )

    def save() -> None:
        torch.save(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "average": average.shadow,
                "average_steps": average.steps,
                "state": state,
            },
            run / "state.tmp",
        )
        os.replace(run / "state.tmp", saved)

    began = time.time() - state["elapsed"]
    last_save = last_eval = last_log = time.time()
    logged = state["step"]
    while state["elapsed"] < 60 * options.minutes:
        state["elapsed"] = time.time() - began
        left = (options.minutes * 60 - state["elapsed"]) / (options.minutes * 60 * options.decay)
        rate = options.lr * min(1.0, (state["step"] + 1) / options.warmup, max(0.03, left))
        for group in optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        # A step in which the encoder learns takes about a sixth longer.
        frozen = rng.random() >= options.encoder_share
        optimizer.zero_grad(set_to_none=True)
        found: Stats = {}
        if rng.random() < options.clip_share:
            batch = data.sample_lesson(rng, options.budget, text, lesson, options.dense, options.questions)
            loss, stats = video_loss(model, text, batch, options.bf16, frozen, first)
            found.update({f"v_{k}": v for k, v in stats.items()})
            ((options.keep or 1.0) * loss).backward()
            state["clips"] += batch["clips"]
        if rng.random() < options.text_share:
            batch = data.sample_stories(rng, options.text_budget, text, longest)
            loss, stats = text_loss(model, text, batch, options.bf16)
            found.update({f"t_{k}": v for k, v in stats.items()})
            (options.text_weight * loss).backward()
            state["texts"] += len(batch["ids"])
        size = torch.nn.utils.clip_grad_norm_(params, 1.0).item()
        if math.isfinite(size):
            optimizer.step()
        average.update(model)
        state["step"] += 1
        for k, v in found.items():
            smooth[k] = v if k not in smooth else smooth[k] + 0.02 * (v - smooth[k])
        if longest < 16 and smooth.get("t_colour", 0) > 0.85 and smooth.get("t_shape", 0) > 0.85:
            longest = min(16, longest * 2)
            smooth["t_colour"] = smooth["t_shape"] = 0.6
        now = time.time()
        if now - last_log > options.log_seconds:
            row = {
                "time": time.strftime("%H:%M:%S"),
                "minutes": round(state["elapsed"] / 60, 1),
                "step": state["step"],
                "steps_per_second": round((state["step"] - logged) / (now - last_log), 2),
                "clips": state["clips"],
                "texts": state["texts"],
                "lines": longest,
                "rate": f"{rate:.1e}",
                "gradient": round(size, 2),
                **{k: round(smooth.get(k, math.nan), 3) for k in LOGGED},
            }
            append(run / "log.csv", row)
            print(" ".join(f"{k} {v}" for k, v in row.items()), flush=True)
            last_log, logged = now, state["step"]
        if now - last_eval > 60 * options.eval_minutes:
            save()
            average.swap(model)
            rows = evaluate.survey(model, text, options.eval_clips)
            average.swap(model)
            for scores in rows:
                append(
                    run / "scores.csv", {"minutes": round(state["elapsed"] / 60, 1), "clips": state["clips"], **scores}
                )
                print("eval", scores, flush=True)
            last_eval = last_save = time.time()
        if time.time() - last_save > 60 * options.save_minutes:
            save()
            last_save = time.time()
    save()


LOGGED = ("v_loss", "v_digit", "v_colour", "v_shape", "v_more", "v_yes", "v_no", "t_loss", "t_colour", "t_shape")


def append(path: Path, row: dict[str, Any]) -> None:
    """Appends a row to a CSV file; a new file begins with the names of its columns."""
    fresh = not path.exists()
    with open(path, "a", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(row)
