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
      return CapturedRun.ordinary(binding::run, session);
    }

    @Override
    public void close() {}
  }

  /// Graphs of one session, numbered from 1. They live as long as the session, for the provider
  /// does not free them earlier, so their number is limited; later runs are ordinary.
  final class OfCuda implements GraphCapture {

    private static final int MAX_GRAPHS = 64;

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
      if (graphs.size() == MAX_GRAPHS) {
        return CapturedRun.ordinary(binding::run, session);
      }
      String id = Integer.toString(graphs.size() + 1);
      OrtRunOptions options = OrtRunOptions.create(api, Map.of(GRAPH_ID, id));
      graphs.add(options);
      return CapturedRun.capturing(
          binding::run, () -> binding.run(Optional.of(options)), session, state);
    }

    @Override
    public synchronized void close() {
      uncaptured.close();
      graphs.forEach(OrtRunOptions::close);
    }
  }
}
