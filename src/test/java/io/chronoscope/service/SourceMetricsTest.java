package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.SourceClock;
import io.chronoscope.live.SourceState;
import io.chronoscope.live.SourceStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void showTheStateAndTheFiguresOfEachSource() {
    Instant now = Instant.now();
    SourceMetrics.publish(registry, () -> sources(now));
    SourceMetrics.publishEach(registry, List.of("gate", "yard"), () -> sources(now));

    assertThat(gauge("chronoscope.sources", "state", "live")).isEqualTo(1);
    assertThat(gauge("chronoscope.sources", "state", "waiting")).isEqualTo(1);
    assertThat(gauge("chronoscope.sources", "state", "ended")).isZero();
    assertThat(gauge("chronoscope.source.spool.chunks", "stream", "gate")).isEqualTo(3);
    assertThat(gauge("chronoscope.source.lag.seconds", "stream", "gate")).isBetween(20.0, 80.0);
    assertThat(counter("chronoscope.source.chunks.dropped", "gate")).isEqualTo(2);
    assertThat(counter("chronoscope.source.frames", "yard")).isZero();
  }

  private double gauge(String name, String tag, String value) {
    return registry.get(name).tag(tag, value).gauge().value();
  }

  private double counter(String name, String stream) {
    return registry.get(name).tag("stream", stream).functionCounter().count();
  }

  private static List<SourceStatus> sources(Instant now) {
    return List.of(
        new SourceStatus(
            "gate",
            "rtsp://camera-1/main",
            new SourceState.Live(now),
            1_000,
            5_000_000,
            Optional.of(now),
            7,
            2,
            1,
            1,
            3,
            300_000,
            Optional.of(SourceClock.RTCP),
            Optional.of(now.minusSeconds(20)),
            now.minusSeconds(60)),
        new SourceStatus(
            "yard",
            "udp://:5000",
            new SourceState.Waiting("no datagram for 10 s", now.plusSeconds(5)),
            0,
            0,
            Optional.empty(),
            0,
            0,
            0,
            0,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            now.minusSeconds(60)));
  }
}
