package io.chronoscope.web.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

  private final AtomicLong nanos = new AtomicLong();
  private final RateLimiter limiter = new RateLimiter(10, nanos::get);

  @Test
  void allowsASecondsWorthAtOnceAndTheRateFromThenOn() {
    assertThat(allowed("a", 100)).isEqualTo(10);
    nanos.addAndGet(500_000_000);
    assertThat(allowed("a", 100)).isEqualTo(5);
    nanos.addAndGet(60_000_000_000L);
    assertThat(allowed("a", 100)).isEqualTo(10);
  }

  @Test
  void oneClientDoesNotUseUpTheShareOfAnother() {
    assertThat(allowed("a", 100)).isEqualTo(10);
    assertThat(allowed("b", 100)).isEqualTo(10);
  }

  private long allowed(String client, int requests) {
    return IntStream.range(0, requests).filter(i -> limiter.allows(client)).count();
  }
}
