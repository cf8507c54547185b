package org.opensearch.protobufs;

/// Named by the k-NN plugin, of a module that no repository serves; nothing calls it.
public final class QueryContainer {

  private QueryContainer() {}

  public enum QueryContainerCase {
    KNN
  }
}
