package io.chronoscope.web.access;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/// Records what operators do, in the log under `io.chronoscope.audit`: who, what, to what, and
/// whether it was done. In JSON these are separate fields. Texts of callers are quoted, and control
/// characters in them escaped.
@ApplicationScoped
public class AuditLog {

  private static final Logger LOG = Logger.getLogger("io.chronoscope.audit");

  /// @param action what was done, such as `rule put`
  /// @param target to what: a rule, a stream, a dead letter
  /// @param outcome what came of it
  public void record(Caller caller, String action, String target, String outcome) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("caller", quoted(caller.name()));
    values.put("target", quoted(target));
    values.put("outcome", quoted(outcome));
    values.forEach(MDC::put);
    try {
      LOG.info(
          action
              + values.entrySet().stream()
                  .map(value -> value.getKey() + "=" + value.getValue())
                  .collect(Collectors.joining(" ", " ", "")));
    } finally {
      values.keySet().forEach(MDC::remove);
    }
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .limit(600)
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            quoted.append('\\').appendCodePoint(c);
          } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            quoted.append("\\u%04x".formatted(c));
          } else {
            quoted.appendCodePoint(c);
          }
        });
    return quoted.append('"').toString();
  }
}
