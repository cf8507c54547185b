package org.opensearch.transport.grpc.spi;

/// The k-NN plugin has classes that need this one, of a module that no repository serves; nothing calls it.
public interface QueryBuilderProtoConverter {}
