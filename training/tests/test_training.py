"""Run with: python -m pytest training/tests"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from chronoscope_training import (
    data,
    evaluate,
    lessons,
    prompts,
    queries,
    queryset,
    render,
    scenes,
    stories,
    video,
    world,
)


def still(t0: float, t1: float) -> scenes.Thing:
    return scenes.Thing(0, 0, 0.2, t0, t1, (0.5, 0.5), (0, 0), t1)


def test_times_are_even_in_number_and_start_at_zero() -> None:
    assert data.frame_times(2, 2.5) == ([0, 0.5, 1.0, 1.5, 2.0, 2.0], 5)
    assert data.frame_times(1, 4) == ([0, 1, 2, 3], 4)


@pytest.mark.parametrize(("fps", "expected"), [(2, (2.25, 5.25)), (1, (2.5, 5.5)), (4, (2.125, 5.125))])
def test_boundaries_lie_between_the_frames_around_them(fps: float, expected: tuple[float, float]) -> None:
    times, count = data.frame_times(fps, 10)
    scene = scenes.Scene(4 / 3, [still(2.2, 5.2)])
    ((start, end, text, _),) = data.seen_events(scene, times, count, fps)
    assert (start, end) == expected
    assert text == "A red circle appears."


def test_event_that_runs_through_the_window_takes_all_of_it() -> None:
    times, count = data.frame_times(2, 10)
    ((start, end, _, _),) = data.seen_events(scenes.Scene(1, [still(-1, 11)]), times, count, 2)
    assert (start, end) == (0, 10)


def test_event_between_frames_is_not_asked_for() -> None:
    times, count = data.frame_times(1, 10)
    assert data.seen_events(scenes.Scene(1, [still(2.1, 2.9)]), times, count, 1) == []


def test_truth_follows_the_frames() -> None:
    scene = scenes.Scene(1, [still(1.01, 2.0)])
    assert video.truth(scene, 100, video.rate_of("10")) == [
        {"startMs": 1100, "endMs": 2000, "description": "A red circle appears."}
    ]


def test_tokenizer_takes_any_text_back() -> None:
    tokenizer = prompts.build_tokenizer()
    for text in ("A red circle moves left.", "Grüße, 世界! 1234\n\n  x", prompts.dense_answer([(0.5, 3, "x")])):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
    assert len(tokenizer.encode("2026").ids) == 4


def test_answer_is_read_back() -> None:
    rows = [(0.25, 61.5, "A red circle turns blue."), (1.0, 2.0, scenes.LIGHT_TEXT)]
    assert evaluate.parse(prompts.dense_answer(rows)) == rows
    assert evaluate.parse("nonsense") == []
    assert prompts.summary_answer(rows) == "A red circle turns blue, then the light goes off."


def test_picture_is_the_same_at_every_size() -> None:
    import cv2

    scene = scenes.window_scene(np.random.default_rng(5), 10, 4 / 3, 3)
    scene.background = 3
    small, large = (render.draw(scene, np.full((h, w, 3), 90, np.float32), 5.0) for h, w in ((84, 112), (336, 448)))
    assert np.abs(cv2.resize(large, (112, 84), interpolation=cv2.INTER_AREA) - small).mean() < 1.0


def test_branches_see_the_prefix_and_themselves_only() -> None:
    import torch

    mask = data.mask_of(torch.tensor([[0, 0, 1, 1, 2, -1]]))[0, 0] == 0
    assert mask[4].tolist() == [True, True, False, False, True, False]
    assert mask[3].tolist() == [True, True, True, True, False, False]


def moving(
    t0: float, t_stop: float, t1: float, start: tuple[float, float] = (0.4, 0.3), colour: int = 0
) -> scenes.Thing:
    return scenes.Thing(colour, 0, 0.2, t0, t1, start, (0.2, 0), t_stop, direction="right")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (queries.Query("stop", 0, 0), True),
        (queries.Query("stop", 0, 0, place="upper"), True),
        (queries.Query("stop", 0, 0, place="lower"), False),
        (queries.Query("stop", 1, 0), False),
        (queries.Query("move", 0, None, "right"), True),
        (queries.Query("move", None, None, "left"), False),
        (queries.Query("stop", None, 1), False),
        (queries.Query("turn", 0, 0, colour2=1), False),
        (queries.Query("light"), False),
    ],
)
def test_query_is_judged_by_what_the_thing_does_and_where(query: queries.Query, expected: bool) -> None:
    times, count = data.frame_times(2, 10)
    scene = scenes.Scene(4 / 3, [moving(1, 4, 7)])
    verdict, events = queries.judge(query, scene, times, count, 2)
    assert verdict is expected
    assert events == (scene.things if expected else [])


def test_what_the_frames_leave_open_is_not_judged() -> None:
    times, count = data.frame_times(2, 10)
    scene = scenes.Scene(4 / 3, [moving(1, 4, 4.2)])  # one frame at most shows it after its stop
    assert queries.judge(queries.Query("stop", 0, 0), scene, times, count, 2)[0] is None
    middle = scenes.Scene(1, [scenes.Thing(0, 0, 0.2, 1, 9, (0.5, 0.5), (0, 0), 9)])
    assert queries.judge(queries.Query("appear", 0, 0, place="upper"), middle, times, count, 2)[0] is None


def test_colour_is_that_of_the_moment() -> None:
    times, count = data.frame_times(2, 10)
    scene = scenes.Scene(1, [scenes.Thing(0, 1, 0.2, 1, 9, (0.5, 0.2), (0, 0), 9, colour2=2, t_change=5)])
    for query, expected in (
        (queries.Query("turn", 0, 1, colour2=2), True),
        (queries.Query("turn", 2, 1, colour2=0), False),
        (queries.Query("change", None, 1), True),
        (queries.Query("appear", 2, 1), True),
        (queries.Query("appear", 1, 1), False),
    ):
        assert queries.judge(query, scene, times, count, 2)[0] is expected


def test_as_many_queries_are_so_as_are_not_of_every_form() -> None:
    rng, asker = np.random.default_rng(11), queries.Asker()
    answers: dict[queries.Form, list[int]] = {}
    for _ in range(300):
        scene = scenes.window_scene(rng, 8, 4 / 3, int(rng.integers(0, 4)), 0.14, data.ASKED["kinds"])
        times, count = data.frame_times(2, 8)
        for _ in range(2):
            found = asker.true(rng, scene, times, count, 2)
            if found:
                assert queries.judge(found[0], scene, times, count, 2) == (True, found[1])
                answers.setdefault(found[0].form(), [0, 0])[1] += 1
            query = asker.false(rng, scene, times, count, 2)
            if query:
                assert queries.judge(query, scene, times, count, 2)[0] is False
                answers.setdefault(query.form(), [0, 0])[0] += 1
    assert len(answers) > 15
    assert all(0 <= yes - no <= 7 for no, yes in answers.values())


def test_words_of_queries() -> None:
    rng = np.random.default_rng(1)
    assert queries.Query("stop", 0, 0, place="upper").words(rng) == "a red circle stops in the upper half"
    assert queries.Query("turn", None, 1, colour2=1).words(rng) == "a square turns green"
    assert queries.Query("stop", 0, 0, "left").words(rng) == "a red circle moves left and stops"


def test_yes_and_no_are_one_token_each() -> None:
    text = data.Text()
    assert text.ids("yes") == [text.yes]
    assert text.ids("no") == [text.no]
    assert text.yes != text.no


def test_summary_tells_each_thing_once_at_every_level() -> None:
    parts = [
        "A red circle turns blue, then a blue square appears.",
        "A red circle appears.",
        "Nothing happens.",
        "The light goes off, then a red cross moves left and stops.",
    ]
    minutes = stories.tell(parts)
    assert minutes == "A red circle, a red cross, a blue square, the light goes off."
    assert stories.tell(["Nothing happens.", minutes, "The light goes off."]) == minutes
    assert stories.tell(["Nothing happens.", "Nothing happens."]) == "Nothing happens."
    assert stories.items_of("The light goes off.") == {"the light goes off"}


def test_committed_prompts_are_those_of_the_code() -> None:
    committed = json.loads((Path(__file__).parents[1] / "prompts.json").read_text())
    assert committed == prompts.examples()
    presence = committed["presence"]
    assert presence["question"] == presence["template"].format(presence["arguments"]["query"])
    text = data.Text()
    question = text.presence(presence["arguments"]["query"])
    assert text.ids(presence["prompt"]) == [*text.head, text.video, *text.tail, *question]
    whole = committed["summaryOfSummaries"]
    parts = [(p["startSeconds"], p["endSeconds"], p["text"]) for p in whole["arguments"]["parts"]]
    assert text.ids(whole["prompt"]) == text.whole(parts)


def test_packed_branches_are_computed_as_under_the_mask() -> None:
    import torch

    from chronoscope_training import model as net

    text = data.Text()
    decoder = net.build(text.tokenizer).model.language_model
    branches = [
        [data.Branch(text.dense, text.ids("[]")), data.Branch(text.presence("a red circle stops"), [text.no])],
        [data.Branch(text.presence("a square turns green"), [text.yes])],
        [],
    ]
    seconds: list[list[float]] = [[0, 1], [0, 0.5], [0, 2]]
    grid = (3, 4)
    lay, packed = data.lay_out(text, branches, seconds, grid), data.pack(text, branches, seconds, grid)
    with torch.no_grad():
        x = net.decode(decoder, decoder.embed_tokens(lay["ids"]), lay["positions"], data.mask_of(lay["branch"]))
        y = net.decode_packed(
            decoder,
            decoder.embed_tokens(packed["ids"]),
            packed["positions"],
            packed["clips"],
            packed["prefix"],
            packed["groups"],
        )
    first, second = (v[lay_["target"] != data.IGNORE] for v, lay_ in ((x, lay), (y, packed)))
    order = [torch.argsort(lay_["target"][lay_["target"] != data.IGNORE], stable=True) for lay_ in (lay, packed)]
    assert len(first) > 3
    assert (first[order[0]] - second[order[1]]).abs().max() < 1e-4


def test_labels_say_where_an_object_is() -> None:
    scene = scenes.Scene(4 / 3, [scenes.Thing(0, 1, 0.2, 0, 9, (0.3, 0.8), (0, 0), 9)])
    _, labels = render.clip(np.random.default_rng(1), scene, [0.0, 0.5], 112, 84, True)
    assert labels.shape == (1, 7, 3, 4)
    there = labels[0, 5] >= 0
    assert there[2, 0]
    assert not there[0, 3]
    assert set(labels[0, 5][there]) == {round(100 * 0.3 / (4 / 3))}
    assert set(labels[0, 6][there]) == {80}


def test_uneven_frames_start_at_zero_and_stay_in_the_window() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        times, count = data.uneven_times(rng, 2, 8)
        assert times[0] == 0
        assert len(times) % 2 == 0
        assert times[:count] == sorted(set(times))
        assert times[-1] < 8


def test_boundaries_of_uneven_frames_lie_between_the_frames_around_them() -> None:
    times, count = [0.0, 1.0, 1.5, 4.5, 5.0, 5.0], 5
    ((start, end, _, _),) = data.seen_events(scenes.Scene(1, [still(1.2, 4.0)]), times, count, 1)
    assert (start, end) == (1.25, 3.0)


def test_lessons_hold_empty_windows_alike_and_brief_and_long_events() -> None:
    rng = np.random.default_rng(3)
    clips = [data.sample_clip(rng, data.LESSON, 4, 8, (3, 4), labels=False) for _ in range(200)]
    seen = [[(e[0], e[1], e[3]) for e in c.events if isinstance(e[3], scenes.Thing)] for c in clips]
    assert sum(not c.events for c in clips) > 50
    assert any(len({(thing.colour, thing.shape) for *_, thing in events}) < len(events) for events in seen)
    assert any(end - start <= 0.75 for events in seen for start, end, _ in events if start > 0 and end < 8)
    assert any(thing.t1 - thing.t0 > 20 for events in seen for *_, thing in events)


def test_lessons_ask_as_many_true_as_false_of_every_form() -> None:
    rng, lesson = np.random.default_rng(4), lessons.Lesson()
    for _ in range(200):
        scene = lessons.lesson_scene(rng, 8, 4 / 3, int(rng.integers(0, 4)), 0.12)
        times, count = data.frame_times(2, 8)
        lesson.asker.true(rng, scene, times, count, 2)
        query = lesson.false(rng, scene, times, count, 2)
        if query:
            assert queries.judge(query, scene, times, count, 2)[0] is False
        negation = lesson.negation(rng, scene, times, count, 2)
        if negation and negation[0].startswith(("nothing moves", "nobody moves")):
            assert negation[1] == (queries.judge(queries.Query("move"), scene, times, count, 2)[0] is False)
    assert all(0 <= owed <= 8 for owed in lesson.asker.owed.values())
    assert all(abs(difference) <= 4 for difference in lesson.balance.values())


def test_words_of_lessons_are_known_and_foreign_words_are_not() -> None:
    text, rng = data.Text(), np.random.default_rng(5)
    thing = scenes.Scene(1, [still(1, 5)])
    for _ in range(100):
        words = lessons.reworded(rng, queries.Query("stop", 0, 0, place="upper"))
        assert len(text.ids(" " + words)) == len(words.split())
    assert all(len(text.ids(f" {noun}")) > 1 for noun in lessons.HELD_OUT_NOUNS)
    assert all(lessons.foreign(rng, thing, held_out) for held_out in (True, False) for _ in range(50))


def test_mistake_in_an_answer_keeps_its_targets() -> None:
    text, rng = data.Text(), np.random.default_rng(6)
    answer = text.ids(prompts.dense_answer([(0.5, 2, "A red circle appears."), (3, 5.25, "A blue cross moves left.")]))
    for _ in range(50):
        told, target = text.noised(rng, answer)
        assert len(told) == len(target) == len(answer)
        assert told != answer
        assert all(t in (right, data.IGNORE) for t, right in zip(target, answer))


def test_committed_queries_are_those_that_the_seeds_draw() -> None:
    folder = Path(__file__).parents[1] / "queries"
    committed = json.loads((folder / "queries.json").read_text())
    assert len(committed) >= 200
    for seed in (300, 311, 323):
        width, height = queryset.SIZES[seed % len(queryset.SIZES)]
        asked = queryset.ClipQueries(seed, queryset.clip_scene(seed, width / height))
        drawn = {entry["text"]: entry for entry in (*asked.true_ones(), *asked.false_ones())}
        expected = [entry for entry in committed if entry["clip"] == f"clip-{seed}.mp4"]
        assert [{"clip": f"clip-{seed}.mp4", **entry} for entry in drawn.values()] == expected


def test_demo_checkpoint_declares_the_words_of_the_world() -> None:
    file = Path(__file__).parents[2] / "models" / "demo" / "chronoscope.json"
    assert json.loads(file.read_text())["world"] == world.world()


def test_world_has_the_words_of_true_queries() -> None:
    words = {
        word
        for phrases in (
            *(texts for values in world.world()["names"].values() for texts in values.values()),
            *world.world()["places"].values(),
            world.world()["fillers"],
        )
        for phrase in phrases
        for word in phrase.split()
    }
    committed = json.loads((Path(__file__).parents[1] / "queries" / "queries.json").read_text())
    for entry in committed:
        if entry["spans"]:
            assert set(entry["text"].lower().split()) <= words, entry["text"]


def test_after_a_wrong_name_the_rest_of_its_row_has_no_target() -> None:
    text = data.Text()
    rows = [(0.25, 11.5, "A red circle moves left."), (1.0, 2.5, "A blue square appears.")]
    answer = text.ids(prompts.dense_answer(rows))
    names = [k for k, token in enumerate(answer) if token in text.names]
    seen = 0
    for seed in range(60):
        told, target = text.noised(np.random.default_rng(seed), answer)
        wrong = [k for k in names if told[k] != answer[k]]
        if not wrong:
            continue
        seen += 1
        (k,) = wrong
        assert target[k] == answer[k]
        end = next(n for n in range(k, len(answer)) if answer[n] in text.groups["more"].tolist())
        assert all(t == data.IGNORE for t in target[k + 1 : end])
        assert target[end:] == answer[end:]
    assert seen > 5
