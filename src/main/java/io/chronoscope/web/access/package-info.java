/// Who may do what over HTTP. `RequestGuard` sees every request first: host, origin, rate, security
/// headers. [io.chronoscope.web.access.AccessMechanism] knows the caller by a token or lets
/// everyone on this machine in, `ClaimedStreams` adds what an OpenID Connect token says;
/// [io.chronoscope.web.access.Callers] is what resources ask, [io.chronoscope.web.access.AuditLog]
/// records what operators do.
@NullMarked
package io.chronoscope.web.access;

import org.jspecify.annotations.NullMarked;
