/// A real Kafka broker in this JVM, for the demo, for `serve --embedded` and for tests: one node
/// that is both broker and controller (KRaft), on a persistent or temporary directory. Knows
/// neither topics nor the rest of the program.
@NullMarked
package io.chronoscope.broker;

import org.jspecify.annotations.NullMarked;
