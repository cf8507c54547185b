package io.chronoscope.qwen.encoder;

/// What the graph does about a window size that a frame does not have: that slice of the patches is
/// empty.
public enum EmptyWindows {
  /// Computes attention over the empty tensor; the CPU's kernels accept it.
  COMPUTE,
  /// Branches around the attention; a CUDA kernel cannot be launched over nothing. Frames whose
  /// windows all have one size take a branch without splitting and joining.
  SKIP
}
