package io.chronoscope.service;

import io.chronoscope.decode.worker.DecodeEvent;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.decode.worker.DecodeEvent.WorkerNotStarted;
import io.chronoscope.decode.worker.DecodeEvent.WorkerReady;
import io.chronoscope.decode.worker.DecodeEvent.WorkerRecycled;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.Protection;
import io.chronoscope.decode.worker.WorkerKind;
import io.chronoscope.domain.PrintableText;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/// Logs what happens to workers, and once for each kind what confines them.
final class DecodeLog implements DecodeListener {

  private static final Logger LOG = Logger.getLogger("io.chronoscope.decode");

  private final Set<WorkerKind> confinementLogged = ConcurrentHashMap.newKeySet();

  @Override
  public void on(DecodeEvent event) {
    switch (event) {
      case WorkerReady ready -> {
        LOG.debugf("decode worker ready pid=%d", ready.pid());
        if (confinementLogged.add(ready.kind())) {
          logConfinement(ready);
        }
      }
      case WorkerLost lost ->
          LOG.warnf(
              "decode worker lost pid=%d stream=%s cause=%s retried=%s detail=%s",
              lost.pid(),
              PrintableText.of(lost.stream()),
              lost.cause(),
              lost.retried(),
              PrintableText.of(lost.detail()));
      case WorkerRecycled recycled ->
          LOG.debugf(
              "decode worker replaced: it took much memory pid=%d bytes=%d",
              recycled.pid(), recycled.heldBytes());
      case WorkerNotStarted failed ->
          LOG.warnf("decode worker not started: %s", PrintableText.of(failed.problem()));
    }
  }

  private static void logConfinement(WorkerReady ready) {
    LOG.infof(
        "%s are confined by: %s",
        ready.kind().words(),
        ready.inForce().stream().sorted().map(Protection::words).collect(Collectors.joining(", ")));
    ready
        .missing()
        .forEach((protection, reason) ->
            LOG.warnf("%s: no %s here: %s", ready.kind().words(), protection.words(), reason));
  }
}
