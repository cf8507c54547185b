/// ONNX Runtime's C interface, bound with `java.lang.foreign`: what `ort` needs of it and nothing
/// else. See `docs/design/0014-c-interface.md`.
///
/// [OrtApi#load] opens the library and checks its function table ([OrtFunction]); it creates
/// environments, [OrtSessionOptions], [OrtSession]s and [OrtValue]s. Each object of the runtime is
/// released exactly once, by closing its Java object, after whatever was made with it. A failed
/// call throws [OrtStatusException] with the runtime's own message. [CudaRuntime] copies between
/// host and device memory.
@NullMarked
package io.chronoscope.ort.capi;

import org.jspecify.annotations.NullMarked;
