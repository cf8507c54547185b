/// The service's Kafka edge, in plain Java; nothing else knows offsets. The beans that build it are
/// in `service`.
///
/// A record of the chunks topic reaches `chunk`, which reads its envelope, registers its offset and
/// offers it to the analysis. Commits of the analysis go through `delivery`: results, state and
/// offsets in one transaction, or one after the other. `question` consumes questions, `rule` loads
/// rules. Why: `docs/design/0003-exactly-once.md`.
@NullMarked
package io.chronoscope.messaging;

import org.jspecify.annotations.NullMarked;
