package io.chronoscope.search;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import java.time.Instant;

/// A result as it lies on its topic.
///
/// @param json the record's value as published, with fields that this version does not know
/// @param at the record's position
/// @param publishedAt the record's timestamp
public record PublishedResult(Result result, String json, ChunkOrigin at, Instant publishedAt) {}
