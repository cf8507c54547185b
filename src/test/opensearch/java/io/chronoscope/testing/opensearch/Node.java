package io.chronoscope.testing.opensearch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.plugins.PluginInfo;

/// Runs one node of OpenSearch on the loopback interface until the process ends.
public final class Node {

  private Node() {}

  private static final class WithPlugins extends org.opensearch.node.Node {

    WithPlugins(Environment environment, Collection<PluginInfo> plugins) {
      super(environment, plugins, false);
    }
  }

  /// @param args the HTTP port, the transport port, the node's folder
  public static void main(String[] args) throws Exception {
    Path home = Files.createDirectories(Path.of(args[2]));
    Settings settings =
        Settings.builder()
            .put("path.home", home.toString())
            .put("cluster.name", "test")
            .put("node.name", "test")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[0])
            .put("transport.port", args[1])
            .put("transport.type", "netty4")
            .put("http.type", "netty4")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    List<PluginInfo> plugins = new ArrayList<>();
    for (String plugin :
        List.of(
            "org.opensearch.transport.Netty4ModulePlugin",
            "org.opensearch.painless.PainlessModulePlugin",
            "org.opensearch.knn.plugin.KNNPlugin")) {
      plugins.add(
          new PluginInfo(
              plugin, "", "1", Version.CURRENT, "21", plugin, "", List.of(), false));
    }
    new WithPlugins(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "test"),
            plugins)
        .start();
    System.out.println("started");
    Thread.sleep(Long.MAX_VALUE);
  }
}
