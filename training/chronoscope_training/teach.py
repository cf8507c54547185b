"""Fine-tuning: teaches an exported checkpoint more questions, among those it knows already."""
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import data, evaluate, model as net, queries
from .export import load_grown
from .train import Average

FROZEN = ("visual.blocks", "visual.patch_embed")


def answers(model, text, x, batch, weight):
    """Decoded embeddings of a batch, the tokens' weights -> (loss over the answer tokens, accuracies)."""
    where = batch["target"] != data.IGNORE
    target = batch["target"][where]
    logits = F.linear(x[where].float(), model.lm_head.weight)
    weight = weight[target]
    loss = (F.cross_entropy(logits, target, reduction="none") * weight).sum() / weight.sum()
    right = logits.detach().argmax(-1) == target
    stats = dict(loss=loss.item())
    for name, members in text.groups.items():
        chosen = torch.isin(target, members)
        if chosen.any():
            stats[name] = right[chosen].float().mean().item()
    return loss, stats


def video_loss(model, text, batch, bf16):
    clips, prefix, start, video = (batch[k] for k in ("clips", "prefix", "head", "video"))
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        tokens = net.encode(model.model.visual, batch["frames"], frozen=True)
    embedded = model.model.language_model.embed_tokens(batch["ids"])
    shared = embedded[:clips * prefix].view(clips, prefix, -1)
    shared = torch.cat((shared[:, :start], tokens.reshape(clips, video, -1).to(embedded.dtype),
                        shared[:, start + video:]), 1)
    x = torch.cat((shared.flatten(0, 1), embedded[clips * prefix:]))
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        x = net.decode_packed(model.model.language_model, x, batch["positions"], clips, prefix, batch["groups"])
    return answers(model, text, x, batch, text.weight)


def text_loss(model, text, batch, bf16):
    embedded = model.model.language_model.embed_tokens(batch["ids"])
    length = embedded.shape[1]
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        x = net.decode(model.model.language_model, embedded, batch["positions"],
                       torch.full((length, length), -1e9).triu_(1))
    return answers(model, text, x, batch, torch.ones_like(text.weight))


def teach(options):
    torch.set_num_threads(1)
    run = Path(options.run)
    run.mkdir(parents=True, exist_ok=True)
    model, text = load_grown(options.start)
    for name, p in model.named_parameters():
        p.requires_grad_(not any(f in name for f in FROZEN))
    params = [p for p in model.parameters() if p.requires_grad]
    groups = [dict(params=[p for p in params if p.ndim > 1], weight_decay=0.02),
              dict(params=[p for p in params if p.ndim <= 1], weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=options.lr, betas=(0.9, 0.98), fused=True)
    average = Average(model, options.average)
    state = dict(step=0, elapsed=0.0, clips=0, texts=0, segment=0)
    saved = run / "state.pt"
    if options.resume and saved.exists():
        loaded = torch.load(saved, weights_only=True)
        model.load_state_dict(loaded["model"])
        optimizer.load_state_dict(loaded["optimizer"])
        average.shadow, average.steps, state = loaded["average"], loaded["average_steps"], loaded["state"]
        state["segment"] += 1  # a new stream of scenes
    rng = np.random.default_rng([data.TRAIN_SEED, 2, options.seed, state["segment"]])
    asker, smooth, longest = queries.Asker(), {}, options.lines
    print(f"vocabulary {text.tokenizer.get_vocab_size()}, parameters {sum(p.numel() for p in model.parameters())}, "
          f"state {state}", flush=True)

    def save():
        torch.save(dict(model=model.state_dict(), optimizer=optimizer.state_dict(), average=average.shadow,
                        average_steps=average.steps, state=state), run / "state.tmp")
        os.replace(run / "state.tmp", saved)

    began = time.time() - state["elapsed"]
    last_save = last_eval = last_log = time.time()
    logged = state["step"]
    while state["elapsed"] < 60 * options.minutes:
        state["elapsed"] = time.time() - began
        left = (options.minutes * 60 - state["elapsed"]) / (options.minutes * 60 * options.decay)
        rate = options.lr * min(1.0, (state["step"] + 1) / options.warmup, max(0.03, left))
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        found = {}
        batch = data.sample_asked(rng, options.budget, text, asker)
        loss, stats = video_loss(model, text, batch, options.bf16)
        found.update({f"v_{k}": v for k, v in stats.items()})
        loss.backward()
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
            print(time.strftime("%H:%M:%S"), f"{state['elapsed'] / 60:.1f}min step {state['step']} "
                  f"{(state['step'] - logged) / (now - last_log):.2f}st/s clips {state['clips']} texts "
                  f"{state['texts']} up to {longest} lines lr {rate:.1e} |g| {size:.2f} " +
                  " ".join(f"{k} {v:.3f}" for k, v in smooth.items()), flush=True)
            last_log, logged = now, state["step"]
        if now - last_eval > 60 * options.eval_minutes:
            average.swap(model)
            print("eval", evaluate.run(model, text, 10_000, 24, 2, (1, 2, 3)), flush=True)
            print("eval", evaluate.presence(model, text, 40_000, 60, 2, each=4), flush=True)
            for level in (1, 2):
                print("eval", evaluate.summaries(model, text, 12, level, 61_000, show=1), flush=True)
            average.swap(model)
            last_eval = time.time()
        if time.time() - last_save > 60 * options.save_minutes:
            save()
            last_save = time.time()
    save()
