package io.chronoscope.cli.selfcheck;

/// How close the engine came to the reference in one case.
///
/// @param precision in which the engine computed; the reference computed in FP32
/// @param encoderDifference largest absolute difference of an element of the embeddings
/// @param encoderCosine cosine of all embeddings as one vector
/// @param logitDifference largest difference among the reference's best first tokens that are the
///   engine's best as well; infinite when the reference's very best is not
/// @param equalTokens tokens before the first that differs
/// @param tokens that the reference generated
/// @param passed whether it is within what the precision promises
record Parity(
    String golden,
    String precision,
    double encoderDifference,
    double encoderCosine,
    double logitDifference,
    int equalTokens,
    int tokens,
    boolean passed) {}
