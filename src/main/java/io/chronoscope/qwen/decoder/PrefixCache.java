package io.chronoscope.qwen.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keys and values of beginnings of prompts, for prompts that begin alike: the questions about a
/// video share its tokens, and a video that has grown continues what was computed before. What may
/// be shared is compared token by token ([PromptContent]), so a prompt never sees anything but its
/// own beginning.
///
/// Least recently used beginnings are evicted; those in use are not, so that the bound can be
/// exceeded by what is being computed at the moment. Owns the caches. Thread-safe.
final class PrefixCache implements AutoCloseable {

  /// Room behind a beginning is allocated in multiples of this, so that the next question, or a few
  /// more frames, fit without a copy.
  private static final int ROOM = 128;

  private final KvCache.Allocator memory;
  private final long maxBytes;
  // The least recently used one first.
  private final List<Prefix> prefixes = new ArrayList<>();
  private long bytes;
  private boolean closed;

  PrefixCache(KvCache.Allocator memory, long maxBytes) {
    this.memory = memory;
    this.maxBytes = maxBytes;
  }

  /// A beginning of a prompt. Fields are guarded by the cache's lock, or belong to the thread that
  /// has acquired it.
  static final class Prefix {

    private KvCache cache;
    private PromptContent content;
    private int tokens;
    private boolean acquired = true;
    private int pins;
    private long bytes;

    private Prefix(KvCache cache, PromptContent content) {
      this.cache = cache;
      this.content = content;
    }

    /// How many tokens of the prompt that acquired it are computed.
    int tokens() {
      return tokens;
    }

    /// One row. What lies behind [#tokens()] is free for the tail of a prompt, until the prefix is
    /// released.
    KvCache cache() {
      return cache;
    }

    /// Records that the first tokens of the prompt that acquired it are computed now.
    void extendTo(int computed) {
      tokens = computed;
    }
  }

  /// Acquires the longest beginning of a prompt that is there, possibly an empty one, with room for
  /// the whole prompt. The caller continues it and releases it.
  ///
  /// @param shared tokens of the prompt that others begin with too; the prefix has at most as many
  /// @param pinned what this prompt acquired before
  synchronized Prefix acquire(PromptContent prompt, int shared, Optional<Prefix> pinned) {
    if (closed) {
      throw new IllegalStateException("the decoder is closed");
    }
    if (pinned.filter(own -> isWholeBeginning(own, prompt, shared)).isPresent()) {
      return take(pinned.get(), prompt);
    }
    @Nullable Prefix best = null;
    int longest = 0;
    for (Prefix prefix : prefixes) {
      int common = commonTokens(prefix, prompt, shared);
      // All chat prompts start alike; what counts is the video.
      if (common > longest && common > prompt.firstVisual()) {
        best = prefix;
        longest = common;
      }
    }
    if (best != null && longest == best.tokens) {
      return take(best, prompt);
    }
    Prefix fresh = new Prefix(memory.allocate(1, room(prompt)), prompt);
    if (best != null) {
      fresh.cache.copyRow(best.cache, 0, 0, longest);
      fresh.tokens = longest;
    }
    prefixes.add(fresh);
    account(fresh);
    return fresh;
  }

  private static int commonTokens(Prefix prefix, PromptContent prompt, int shared) {
    int common = prefix.acquired ? 0 : prompt.commonTokens(prefix.content, shared);
    return Math.min(common, prefix.tokens);
  }

  private static boolean isWholeBeginning(Prefix prefix, PromptContent prompt, int shared) {
    return !prefix.acquired && commonTokens(prefix, prompt, shared) == prefix.tokens;
  }

  private Prefix take(Prefix prefix, PromptContent prompt) {
    prefixes.remove(prefix);
    prefixes.add(prefix);
    prefix.acquired = true;
    ensureRoom(prefix, prompt);
    prefix.content = prompt;
    return prefix;
  }

  private static int room(PromptContent prompt) {
    return Math.ceilDiv(prompt.tokens() + ROOM / 2, ROOM) * ROOM;
  }

  private void ensureRoom(Prefix prefix, PromptContent prompt) {
    if (prefix.cache.capacity() < prompt.tokens()) {
      KvCache larger = memory.allocate(1, room(prompt));
      larger.copyRow(prefix.cache, 0, 0, prefix.tokens);
      prefix.cache.close();
      prefix.cache = larger;
    }
  }

  private void account(Prefix prefix) {
    bytes -= prefix.bytes;
    prefix.bytes = prefix.cache.bytes() + prefix.content.embeddingBytes();
    bytes += prefix.bytes;
  }

  /// Gives a prefix back, for others to acquire.
  synchronized void release(Prefix prefix) {
    prefix.acquired = false;
    account(prefix);
    evict();
  }

  /// Keeps a prefix from being evicted until it is unpinned.
  synchronized void pin(Prefix prefix) {
    prefix.pins++;
  }

  synchronized void unpin(Prefix prefix) {
    prefix.pins--;
    evict();
  }

  private void evict() {
    for (int i = 0; i < prefixes.size() && (bytes > maxBytes || closed); ) {
      Prefix prefix = prefixes.get(i);
      if (prefix.acquired || (prefix.pins > 0 && !closed)) {
        i++;
      } else {
        prefixes.remove(i);
        bytes -= prefix.bytes;
        prefix.cache.close();
      }
    }
  }

  /// Bytes of the keys and values of all beginnings.
  synchronized long keyValueBytes() {
    return prefixes.stream().mapToLong(prefix -> prefix.cache.bytes()).sum();
  }

  /// Bytes of all beginnings, with the embeddings they refer to.
  synchronized long bytes() {
    return bytes;
  }

  /// Number of beginnings.
  synchronized int size() {
    return prefixes.size();
  }

  /// Frees what is not in use, and the rest when it is released.
  @Override
  public synchronized void close() {
    closed = true;
    evict();
  }
}
