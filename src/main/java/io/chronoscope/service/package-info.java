/// The Quarkus composition root. `*Beans` build the Kafka edge, one class per concern;
/// [ServiceLifecycle] loads the model and connects the analysis to it; `*Readiness` and
/// [MessagingLiveness] report health, [AnalysisMetrics], [BatchMetrics] and [AnalysisLog] what the
/// analysis does. Commands start the service through [ServiceLauncher].
@NullMarked
package io.chronoscope.service;

import org.jspecify.annotations.NullMarked;
