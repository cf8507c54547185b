package io.chronoscope.testing;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/// Kafka's authorizer, which remembers what it was asked for. The broker makes it by its name, so
/// what it knows belongs to the JVM.
public final class UsedRights extends StandardAuthorizer {

  private static final Set<Use> USED = ConcurrentHashMap.newKeySet();

  /// @param user such as `User:eye`
  private record Use(String user, Action action) {}

  @Override
  public List<AuthorizationResult> authorize(
      AuthorizableRequestContext context, List<Action> actions) {
    List<AuthorizationResult> results = super.authorize(context, actions);
    for (int i = 0; i < actions.size(); i++) {
      if (results.get(i) == AuthorizationResult.ALLOWED) {
        Action action = actions.get(i);
        USED.add(
            new Use(
                context.principal().toString(),
                new Action(action.operation(), action.resourcePattern(), 1, true, true)));
      }
    }
    return results;
  }

  /// Whether somebody did what this right allows.
  public static boolean uses(AclBinding right) {
    return USED.stream()
        .anyMatch(use ->
            use.user().equals(right.entry().principal())
                && use.action().operation() == right.entry().operation()
                && covers(right.pattern(), use.action().resourcePattern()));
  }

  private static boolean covers(ResourcePattern pattern, ResourcePattern resource) {
    return pattern.resourceType() == resource.resourceType()
        && (pattern.patternType() == PatternType.PREFIXED
            ? resource.name().startsWith(pattern.name())
            : resource.name().equals(pattern.name()));
  }
}
