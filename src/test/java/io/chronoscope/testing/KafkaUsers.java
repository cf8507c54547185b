package io.chronoscope.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// The rights that the `KafkaUser`s of `k8s` name, as the broker takes them.
public final class KafkaUsers {

  private static final Path COMPONENTS = PackagedProgram.HOME.resolve("k8s/components");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private KafkaUsers() {}

  /// All rights of all users.
  public static List<AclBinding> rights() throws IOException {
    List<AclBinding> rights = new ArrayList<>();
    try (var users =
        YAML.readerFor(JsonNode.class)
            .<JsonNode>readValues(COMPONENTS.resolve("strimzi/users.yaml").toFile())) {
      while (users.hasNext()) {
        JsonNode user = users.next();
        String name = user.at("/metadata/name").asText();
        user.at("/spec/authorization/acls").forEach(rule -> add(rights, name, rule));
      }
    }
    return rights;
  }

  /// What a component adds to the rights of the instances.
  public static List<AclBinding> rightsOf(String component) throws IOException {
    List<AclBinding> rights = new ArrayList<>();
    for (JsonNode patch :
        YAML.readTree(COMPONENTS.resolve(component).resolve("rights.yaml").toFile())) {
      add(rights, "chronoscope", patch.path("value"));
    }
    return rights;
  }

  private static void add(List<AclBinding> rights, String user, JsonNode rule) {
    JsonNode resource = rule.path("resource");
    ResourcePattern pattern =
        new ResourcePattern(
            switch (resource.path("type").asText()) {
              case "topic" -> ResourceType.TOPIC;
              case "group" -> ResourceType.GROUP;
              case "transactionalId" -> ResourceType.TRANSACTIONAL_ID;
              default -> throw new IllegalArgumentException("resource of " + rule);
            },
            resource.path("name").asText(),
            switch (resource.path("patternType").asText()) {
              case "literal" -> PatternType.LITERAL;
              case "prefix" -> PatternType.PREFIXED;
              default -> throw new IllegalArgumentException("pattern of " + rule);
            });
    for (JsonNode operation : rule.path("operations")) {
      rights.add(
          new AclBinding(
              pattern,
              new AccessControlEntry(
                  "User:" + user,
                  "*",
                  AclOperation.valueOf(operation.asText().toUpperCase(Locale.ROOT)),
                  AclPermissionType.ALLOW)));
    }
  }
}
