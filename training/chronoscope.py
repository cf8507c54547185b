"""Command line of the training tools. See README.md."""

from __future__ import annotations

import argparse
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

BEGAN = time.time()
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

if TYPE_CHECKING:
    from chronoscope_training.data import Text
    from chronoscope_training.model import Model


def main() -> None:
    """Reads the arguments and runs one command."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    t = commands.add_parser("train", help="train the checkpoint (resumable)")
    t.add_argument("--run", default=str(HERE / "runs" / "demo"), help="folder of the run's state")
    t.add_argument("--resume", action="store_true", help="continue from the saved state")
    t.add_argument("--minutes", type=float, default=130, help="time budget of both stages together")
    t.add_argument("--encoder-minutes", type=float, default=18, help="time limit of the first stage")
    t.add_argument("--shape-goal", type=float, default=0.92, help="shape accuracy that ends the first stage")
    t.add_argument("--lr", type=float, default=1.2e-3)
    t.add_argument("--warmup", type=int, default=200)
    t.add_argument("--decay", type=float, default=0.25, help="last share of the time, in which the rate falls")
    t.add_argument("--aux", type=float, default=0.1, help="weight of the token heads in the second stage")
    t.add_argument("--average", type=float, default=0.995, help="decay of the averaged weights")
    t.add_argument("--budget", type=int, default=600, help="video tokens in a worker's batch")
    t.add_argument("--level", type=int, help="start at this level of difficulty")
    t.add_argument("--seed", type=int, default=1)
    t.add_argument("--workers", type=int, default=2, help="processes that compute gradients, one core each")
    t.add_argument("--bf16", action="store_true", help="bfloat16 autocast")
    t.add_argument("--freeze", action="store_true", help="train only the encoder's merger in the second stage")
    t.add_argument("--save-minutes", type=float, default=4)
    t.add_argument("--eval-minutes", type=float, default=12)
    t.add_argument("--eval-clips", type=int, default=48)
    t.add_argument("--log-seconds", type=float, default=30)

    f = commands.add_parser("teach", help="teach an exported checkpoint further questions (resumable)")
    f.add_argument("--start", default=str(HERE.parent / "models" / "demo"), help="checkpoint directory to start from")
    f.add_argument("--run", default=str(HERE / "runs" / "taught"), help="folder of the run's state")
    f.add_argument("--resume", action="store_true", help="continue from the saved state")
    f.add_argument("--minutes", type=float, default=55)
    f.add_argument("--lr", type=float, default=7e-4)
    f.add_argument("--warmup", type=int, default=150)
    f.add_argument("--decay", type=float, default=0.35, help="last share of the time, in which the rate falls")
    f.add_argument("--average", type=float, default=0.997, help="decay of the averaged weights")
    f.add_argument("--budget", type=int, default=600, help="video tokens in a batch")
    f.add_argument("--clip-share", type=float, default=1.0, help="share of the steps that include clips")
    f.add_argument("--keep", type=float, help="learn no answers about clips; weight of staying at those of the start")
    f.add_argument("--text-budget", type=int, default=1000, help="tokens in a batch of texts")
    f.add_argument("--text-weight", type=float, default=0.7)
    f.add_argument("--dense", type=float, default=0.8, help="share of the clips with the dense question")
    f.add_argument("--questions", type=int, default=3, help="largest number of true queries about a clip")
    f.add_argument("--alike", type=float, default=0.1, help="share of further objects that look like an earlier one")
    f.add_argument("--encoder-rate", type=float, default=0.15, help="the encoder's rate, relative to the decoder's")
    f.add_argument("--encoder-share", type=float, default=0.0, help="share of the steps that train the whole encoder")
    f.add_argument("--eval-clips", type=int, default=100, help="windows per evaluation during training")
    f.add_argument("--text-share", type=float, default=0.15, help="share of the steps that include texts")
    f.add_argument("--lines", type=int, default=4, help="largest number of lines of the first texts")
    f.add_argument("--seed", type=int, default=1)
    f.add_argument("--bf16", action="store_true", help="bfloat16 autocast")
    f.add_argument("--save-minutes", type=float, default=5)
    f.add_argument("--eval-minutes", type=float, default=12)
    f.add_argument("--log-seconds", type=float, default=30)

    g = commands.add_parser("sprint", help="train a checkpoint on a GPU for some minutes")
    g.add_argument("--start", default=str(HERE.parent / "models" / "demo"), help="checkpoint directory to start from")
    g.add_argument("--out", default=str(HERE / "runs" / "sprint"), help="folder of weights, log and scores")
    g.add_argument("--seconds", type=float, default=360, help="time from the start of the process to its end")
    g.add_argument("--eval-seconds", type=float, default=22, help="the part of it for the evaluation at the end")
    g.add_argument("--eval-clips", type=int, default=100, help="windows of the evaluation at each rate")
    g.add_argument("--device", default="cuda")
    g.add_argument("--layers", type=int, help="decoder layers; new ones change nothing at first")
    g.add_argument("--optimizer", choices=["adamw", "muon"], default="adamw")
    g.add_argument("--lr", type=float, default=2e-3, help="rate of AdamW")
    g.add_argument("--muon-lr", type=float, default=3e-3, help="rate of Muon")
    g.add_argument("--warmup", type=int, default=150)
    g.add_argument("--hold", type=float, default=0.25, help="first share of the time, in which the rate is constant")
    g.add_argument("--average", type=float, default=0.995, help="decay of the averaged weights")
    g.add_argument("--aux", type=float, default=0.1, help="weight of the token heads")
    g.add_argument("--half-weight", type=float, default=0.2, help="weight of questions on half of the tokens")
    g.add_argument("--text-weight", type=float, default=0.5)
    g.add_argument("--story-tokens", type=int, default=24_000, help="tokens of texts in a batch that has any")
    g.add_argument("--cost", type=int, default=320_000, help="size of the last batches in tokens of the decoder")
    g.add_argument("--queries", type=int, default=2, help="the most pairs of queries about a clip")
    g.add_argument("--producers", type=int, default=14, help="processes that prepare batches")
    g.add_argument("--seed", type=int, default=1)
    g.add_argument("--log-seconds", type=float, default=10)
    g.add_argument("--save-seconds", type=float, default=45)
    g.add_argument("--profile", type=int, help="at this step, write where three steps spend their time")

    s = commands.add_parser("scenes", help="write scenes as MP4 with truth")
    s.add_argument("--seed", type=int, default=1000, help="first scene's seed (held out: below 100000)")
    s.add_argument("--count", type=int, default=4)
    s.add_argument("--out", default="scenes")
    s.add_argument("--seconds", type=float, default=30)
    s.add_argument("--at-once", type=int, default=3, help="largest number of events close in time")
    s.add_argument("--size", help="WIDTHxHEIGHT (default: varied)")
    s.add_argument("--fps", help="frame rate (default: varied)")
    s.add_argument("--codec", help="h264, hevc, mpeg4, vp9 or av1 (default: varied)")
    s.add_argument("--samples", action="store_true", help="write the committed video-samples")

    q = commands.add_parser("queries", help="write clips and queries with known answers")
    q.add_argument("--seed", type=int, default=300, help="first clip's seed (held out: below 100000)")
    q.add_argument("--clips", type=int, default=20)
    q.add_argument("--out", default=str(HERE / "queries"))

    x = commands.add_parser("export", help="write a run as a Qwen2.5-VL checkpoint directory")
    x.add_argument("--run", default=str(HERE / "runs" / "demo"))
    x.add_argument("--out", default=str(HERE.parent / "models" / "demo"))

    x.add_argument("--summarizes-text", action="store_true", help="declare that the checkpoint summarizes text")

    b = commands.add_parser("blend", help="average the weights of two checkpoint directories")
    b.add_argument("first", help="the earlier one; its vocabulary grows to the current one")
    b.add_argument("second")
    b.add_argument("--share", type=float, default=0.65, help="weight of the second")
    b.add_argument("--out", required=True)

    e = commands.add_parser("eval", help="score a checkpoint directory on held-out windows")
    e.add_argument("--model", default=str(HERE.parent / "models" / "demo"))
    e.add_argument("--clips", type=int, default=200)
    e.add_argument("--first-seed", type=int, default=20_000)
    e.add_argument("--show", type=int, default=0, help="number of answers to print")
    e.add_argument("--seconds", type=float, default=10, help="length of the windows")
    e.add_argument(
        "--ceiling", action="store_true", help="score perfect answers: the limit that the sampled frames set"
    )
    e.add_argument("--videos", help="score the windows of the MP4s in this folder against their truth files")
    e.add_argument("--tasks", default="dense", help="a list of dense, presence, grounding, summaries, hard; or all")
    e.add_argument("--threads", type=int, default=2)

    c = commands.add_parser("check", help="compare the fast forward pass with that of the reference")
    c.add_argument("--model", default=str(HERE.parent / "models" / "demo"))

    w = commands.add_parser("world", help="write the words of the world into a checkpoint's chronoscope.json")
    w.add_argument("--model", type=Path, default=HERE.parent / "models" / "demo")

    p = commands.add_parser("prompts", help="write the prompts that the service also builds")
    p.add_argument("--out", type=Path, default=HERE / "prompts.json")

    options = parser.parse_args()
    if options.command == "train":
        from chronoscope_training.train import train

        train(options)
    elif options.command == "teach":
        from chronoscope_training.teach import teach

        teach(options)
    elif options.command == "sprint":
        from chronoscope_training import sprint

        sprint.run(options, BEGAN)
    elif options.command == "world":
        from chronoscope_training import world
        from chronoscope_training.export import write_json

        file = options.model / "chronoscope.json"
        write_json(file, {**json.loads(file.read_text()), "world": world.world()})
    elif options.command == "queries":
        from chronoscope_training import queryset

        queryset.write(options.out, options.seed, options.clips)
    elif options.command == "scenes":
        from chronoscope_training import video

        if options.samples:
            video.write_samples(options.out)
        else:
            width, _, height = (options.size or "").partition("x")
            size = (int(width), int(height)) if options.size else None
            video.write_many(
                options.out,
                options.seed,
                options.count,
                options.seconds,
                options.at_once,
                size,
                options.fps,
                options.codec,
            )
    elif options.command == "export":
        from chronoscope_training.export import export

        export(options.run, options.out, options.summarizes_text)
    elif options.command == "blend":
        from chronoscope_training.export import blend

        blend(options.first, options.second, options.share, options.out)
    elif options.command == "eval":
        import torch

        from chronoscope_training.export import load_directory

        torch.set_num_threads(options.threads)
        model, text = load_directory(options.model)
        if options.videos:
            from chronoscope_training import windows

            for fps in (2, 1, 4):
                print(windows.run(model, text, options.videos, fps, show=options.show), flush=True)
            return
        tasks = "dense,presence,grounding,summaries,hard" if options.tasks == "all" else options.tasks
        for task in tasks.split(","):
            score(task, options, model, text)
    elif options.command == "prompts":
        from chronoscope_training.export import write_json
        from chronoscope_training.prompts import examples

        write_json(options.out, examples())
    elif options.command == "check":
        from chronoscope_training.check import check

        check(options.model)


def score(task: str, options: argparse.Namespace, model: Model, text: Text) -> None:
    """Prints the figures of one task."""
    from chronoscope_training import evaluate

    if task == "presence":
        for fps in (2, 1, 4):
            for key, value in evaluate.presence(
                model, text, options.first_seed, options.clips, fps, options.seconds
            ).items():
                print(task, key, value, flush=True)
    elif task == "grounding":
        for fps in (2, 1, 4):
            print(
                task,
                evaluate.grounding(model, text, options.first_seed, options.clips, fps, options.seconds),
                flush=True,
            )
    elif task == "summaries":
        for level in (1, 2):
            print(task, evaluate.summaries(model, text, options.clips, level, show=options.show), flush=True)
    elif task == "hard":
        for key, value in evaluate.hard_presence(
            model, text, options.first_seed, options.clips, 2, options.seconds
        ).items():
            print(task, key, value, flush=True)
        for uneven in (False, True):
            for fps in (2, 4):
                window = partial(evaluate.lesson_window, uneven=uneven)
                quarters, common = (0, 1, 2, 3), {"length": options.seconds, "window": window, "least": 0.4}
                if options.ceiling:
                    result = evaluate.ceiling(options.first_seed, options.clips, fps, quarters, **common)
                else:
                    result = evaluate.run(model, text, options.first_seed, options.clips, fps, quarters, **common)
                print(task, "uneven" if uneven else "even", result, flush=True)
    elif task == "dense":
        for counts in ((1,), (1, 2, 3)):
            for fps in (2, 1, 4):
                if options.ceiling:
                    print(evaluate.ceiling(options.first_seed, options.clips, fps, counts, options.seconds), flush=True)
                else:
                    print(
                        evaluate.run(
                            model,
                            text,
                            options.first_seed,
                            options.clips,
                            fps,
                            counts,
                            options.seconds,
                            show=options.show,
                        ),
                        flush=True,
                    )
    else:
        raise SystemExit(f"eval --tasks: {task} is none of dense, presence, grounding, summaries, hard")


if __name__ == "__main__":
    main()
