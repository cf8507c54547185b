/// A real Kafka broker inside this JVM, for the demo, for `serve --embedded` and for tests: one
/// node that is broker and controller at once (KRaft), on a directory that is kept or thrown away.
/// Knows nothing of topics or of the rest of the program.
@NullMarked
package io.chronoscope.broker;

import org.jspecify.annotations.NullMarked;
