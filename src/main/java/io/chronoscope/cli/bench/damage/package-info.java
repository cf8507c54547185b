/// `bench damage` ([BenchDamageCommand]): whether damage to a file is ever shown as seen. A
/// [MediaCase] is a clip in one codec and container, a [DamageKind] what happens to its bytes; a
/// [DamageTrial] compares what the decoder shows of both, and a [DamageRow] counts trials.
@NullMarked
package io.chronoscope.cli.bench.damage;

import org.jspecify.annotations.NullMarked;
