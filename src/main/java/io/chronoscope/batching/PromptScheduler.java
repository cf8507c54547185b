package io.chronoscope.batching;

import io.chronoscope.fairness.FairQueue;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.Decoding.InProgress;
import io.chronoscope.vlm.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Decides what the decoder computes next, and has it computed: in turn one part of a prompt and
/// one step of every answer that is being generated. So answers go on while prompts are computed, a
/// prompt waits for no whole answer but only for a free slot, and one that needs a single token
/// needs no slot.
///
/// The next part belongs to the stream that has received the least service ([FairQueue]). Live
/// prompts come before background prompts, unless one of those has waited for
/// [Batcher#MAX_BACKGROUND_WAIT]; background answers use a quarter of the slots at most.
///
/// Not thread-safe, and without a clock of its own.
final class PromptScheduler {

  /// Service that a generated token counts for, in tokens of a prompt: it reads the same weights
  /// for a batch that a part of a prompt reads for a thousand tokens. A token counts the same
  /// however many share its step: those of a batch, or draft tokens of one answer.
  private static final double COST_OF_GENERATED_TOKEN = 8;

  private static final int BACKGROUND_SLOTS_DIVISOR = 4;

  private static final class Job {

    private final String stream;
    private final Prompt prompt;
    private final Priority priority;
    private final CompletableFuture<Answer> result;
    private final long sinceNanos;
    private @Nullable InProgress progress;
    private int charged;

    Job(
        String stream,
        Prompt prompt,
        Priority priority,
        CompletableFuture<Answer> result,
        long sinceNanos) {
      this.stream = stream;
      this.prompt = prompt;
      this.priority = priority;
      this.result = result;
      this.sinceNanos = sinceNanos;
    }

    boolean needsSlot() {
      return prompt.maxNewTokens() > 1;
    }
  }

  private final Decoding decoding;
  private final int slots;
  private final BatchListener listener;
  private final LongSupplier nanoTime;
  private final FairQueue<Job> live = new FairQueue<>();
  private final FairQueue<Job> background = new FairQueue<>();
  private final List<Job> generating = new ArrayList<>();

  /// @param slots answers that are generated at a time at most
  /// @param nanoTime as [System#nanoTime()]
  PromptScheduler(Decoding decoding, int slots, BatchListener listener, LongSupplier nanoTime) {
    this.decoding = decoding;
    this.slots = slots;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /// @param result completes with the answer
  void add(String stream, Prompt prompt, Priority priority, CompletableFuture<Answer> result) {
    queue(priority).add(stream, new Job(stream, prompt, priority, result, nanoTime.getAsLong()));
  }

  private FairQueue<Job> queue(Priority priority) {
    return switch (priority) {
      case LIVE -> live;
      case BACKGROUND -> background;
    };
  }

  boolean isIdle() {
    return live.isEmpty() && background.isEmpty() && generating.isEmpty();
  }

  /// Computes one part of a prompt, if one may run, and one step of each answer.
  void step() {
    next().ifPresent(this::prefill);
    if (!generating.isEmpty()) {
      decode();
    }
  }

  private Optional<Job> next() {
    Optional<Job> waiting = background.next(this::mayRun);
    boolean overdue =
        waiting
            .filter(job ->
                nanoTime.getAsLong() - job.sinceNanos >= Batcher.MAX_BACKGROUND_WAIT.toNanos())
            .isPresent();
    return overdue ? waiting : live.next(this::mayRun).or(() -> waiting);
  }

  private boolean mayRun(Job job) {
    if (!job.needsSlot()) {
      return true;
    }
    return switch (job.priority) {
      case LIVE -> generating.size() < slots;
      case BACKGROUND ->
          generating.size() < slots
              && generating.stream().filter(other -> other.priority == Priority.BACKGROUND).count()
                  < Math.max(1, slots / BACKGROUND_SLOTS_DIVISOR);
    };
  }

  private void prefill(Job job) {
    FairQueue<Job> queue = queue(job.priority);
    InProgress progress = job.progress;
    try {
      if (progress == null) {
        progress = decoding.start(job.prompt);
        job.progress = progress;
      }
      queue.charge(job.stream, decoding.prefill(progress));
      if (!progress.isPrefilled()) {
        return;
      }
    } catch (RuntimeException e) {
      queue.removeHead(job.stream, job);
      fail(job, e);
      return;
    }
    queue.removeHead(job.stream, job);
    if (progress.hasEnded()) {
      complete(job, progress);
    } else {
      generating.add(job);
    }
  }

  private void decode() {
    listener.decoderBatch(generating.size());
    try {
      decoding.decode();
    } catch (RuntimeException e) {
      List<Job> failed = List.copyOf(generating);
      generating.clear();
      failed.forEach(job -> fail(job, e));
      return;
    }
    for (Job job : List.copyOf(generating)) {
      InProgress progress = job.progress;
      if (progress != null) {
        int fresh = progress.generatedTokens() - job.charged;
        job.charged += fresh;
        queue(job.priority).charge(job.stream, fresh * COST_OF_GENERATED_TOKEN);
        if (progress.hasEnded()) {
          generating.remove(job);
          complete(job, progress);
        }
      }
    }
  }

  private void complete(Job job, InProgress progress) {
    try {
      Answer answer = progress.answer();
      listener.promptAnswered(answer);
      job.result.complete(answer);
    } catch (RuntimeException e) {
      job.result.completeExceptionally(e);
    }
  }

  private void fail(Job job, RuntimeException failure) {
    if (job.progress != null) {
      decoding.abandon(job.progress);
    }
    job.result.completeExceptionally(failure);
  }

  /// Fails everything that is waiting or in progress.
  void reject(RejectedExecutionException reason) {
    List.of(live, background).forEach(queue -> queue.drain().forEach(job -> fail(job, reason)));
    List.copyOf(generating).forEach(job -> fail(job, reason));
    generating.clear();
  }
}
