package io.chronoscope.live;

import io.chronoscope.decode.worker.ChunkBudget;
import io.chronoscope.decode.worker.DecodeEvent;
import io.chronoscope.decode.worker.FileWorkers;
import io.chronoscope.decode.worker.LiveWorkers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// The same with a worker process for each connection and each file.
class LiveSourcesInWorkersTest extends LiveSourcesTest {

  private static final List<DecodeEvent> EVENTS = new CopyOnWriteArrayList<>();
  private static LiveSources.Media media;

  @BeforeAll
  static void startWorkers() {
    media =
        new LiveSources.Media(
            new LiveWorkers(ChunkBudget.DEFAULTS, EVENTS::add),
            new FileWorkers(ChunkBudget.DEFAULTS, EVENTS::add));
  }

  @AfterAll
  static void stopWorkers() {
    media.close();
  }

  @Override
  LiveSources.Media media() {
    return media;
  }
}
