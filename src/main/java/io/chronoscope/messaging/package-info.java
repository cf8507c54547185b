/// The service's Kafka edge, in plain Java; no other package knows offsets. The beans that build it
/// are in `service`.
///
/// A record of the chunks topic enters through `chunk`, which reads its envelope, tracks its offset
/// and offers it to the analysis. Commits of the analysis leave through `delivery`: results, state
/// and offsets in one transaction, or one after the other. `question` consumes questions, `rule`
/// loads rules. The reasons are in `docs/design/0003-exactly-once.md`.
@NullMarked
package io.chronoscope.messaging;

import org.jspecify.annotations.NullMarked;
