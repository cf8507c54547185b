package io.chronoscope.decode.worker;

/// What a worker may do with networks.
enum Network {
  /// Nothing.
  NONE,
  /// It may connect to others, until [SystemCallFilter#forbidConnecting] forbids it.
  CONNECT
}
