package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtApi;
import io.chronoscope.ort.capi.OrtRunOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether a session's runs can be captured as CUDA graphs, and how a run says so.
sealed interface GraphCapture extends AutoCloseable {

  /// Options of the CUDA provider of sessions that capture.
  Map<String, String> CUDA_OPTIONS = Map.of("enable_cuda_graph", "1");

  /// The run option that names a graph: each has its own number.
  String GRAPH_ID = "gpu_graph_id";

  /// Options of a run that must not be captured.
  Optional<OrtRunOptions> uncaptured();

  CapturedRun repeat(Session session, Binding binding, List<NativeTensor> state);

  @Override
  void close();

  /// Every run launches its operators.
  record Unavailable() implements GraphCapture {

    @Override
    public Optional<OrtRunOptions> uncaptured() {
      return Optional.empty();
    }

    @Override
    public CapturedRun repeat(Session session, Binding binding, List<NativeTensor> state) {
      return new CapturedRun(binding::run, session, CapturedRun.Execution.ORDINARY, state);
    }

    @Override
    public void close() {}
  }

  /// Graphs of one session, numbered from 1. They live as long as the session.
  final class OfCuda implements GraphCapture {

    private final OrtApi api;
    private final OrtRunOptions uncaptured;
    private final List<OrtRunOptions> graphs = new ArrayList<>();

    OfCuda(OrtApi api) {
      this.api = api;
      this.uncaptured = OrtRunOptions.create(api, Map.of(GRAPH_ID, "-1"));
    }

    @Override
    public Optional<OrtRunOptions> uncaptured() {
      return Optional.of(uncaptured);
    }

    @Override
    public synchronized CapturedRun repeat(
        Session session, Binding binding, List<NativeTensor> state) {
      String id = Integer.toString(graphs.size() + 1);
      OrtRunOptions options = OrtRunOptions.create(api, Map.of(GRAPH_ID, id));
      graphs.add(options);
      return new CapturedRun(
          () -> binding.run(Optional.of(options)), session, CapturedRun.Execution.CAPTURING, state);
    }

    @Override
    public synchronized void close() {
      uncaptured.close();
      graphs.forEach(OrtRunOptions::close);
    }
  }
}
