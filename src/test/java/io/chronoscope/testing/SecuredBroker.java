package io.chronoscope.testing;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.Topics;
import io.chronoscope.wire.TopicNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;

/// A broker that requires TLS and a password. It has the topics, and the users of `k8s` with
/// exactly the rights that are named there; [UsedRights] knows which of them were used.
public final class SecuredBroker implements AutoCloseable {

  /// Of every user.
  public static final String PASSWORD = "n0t-f0r-logs";

  /// Of the keystore.
  public static final String STORE_PASSWORD = "st0re-n0t-f0r-logs";

  private static final String SUPER_USER = "broker";

  private final EmbeddedBroker broker;
  private final Keystore store;
  private final List<AclBinding> rights;

  private SecuredBroker(EmbeddedBroker broker, Keystore store, List<AclBinding> rights) {
    this.broker = broker;
    this.store = store;
    this.rights = rights;
  }

  /// @param directory gets the keystore
  public static SecuredBroker start(Path directory) throws Exception {
    Keystore store = Keystore.create(directory.resolve("broker.p12"), "broker", STORE_PASSWORD);
    List<AclBinding> rights = new ArrayList<>(KafkaUsers.rights());
    rights.addAll(KafkaUsers.rightsOf("live-sources"));
    Map<String, String> secured = new HashMap<>();
    secured.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
    secured.put("sasl.enabled.mechanisms", "PLAIN");
    secured.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    secured.put("listener.name.clients.plain.sasl.jaas.config", users(rights));
    secured.put("ssl.keystore.location", store.file().toString());
    secured.put("ssl.keystore.password", STORE_PASSWORD);
    secured.put("ssl.truststore.location", store.file().toString());
    secured.put("ssl.truststore.password", STORE_PASSWORD);
    secured.put("authorizer.class.name", UsedRights.class.getName());
    secured.put("super.users", "User:" + SUPER_USER + ";User:ANONYMOUS");
    SecuredBroker started =
        new SecuredBroker(
            EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0).with(secured)),
            store,
            List.copyOf(rights));
    try (Admin admin = Admin.create(started.properties(SUPER_USER))) {
      Topics.ensure(admin, TopicNames.DEFAULT);
      admin.createAcls(rights).all().get();
    }
    return started;
  }

  private static String users(List<AclBinding> rights) {
    StringBuilder login =
        new StringBuilder(
            "org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"%1$s\" password=\"%2$s\" user_%1$s=\"%2$s\""
                    .formatted(SUPER_USER, PASSWORD));
    rights.stream()
        .map(right -> right.entry().principal().substring("User:".length()))
        .distinct()
        .forEach(user -> login.append(" user_%s=\"%s\"".formatted(user, PASSWORD)));
    return login.append(";").toString();
  }

  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  public Path store() {
    return store.file();
  }

  /// The rights of all users.
  public List<AclBinding> rights() {
    return rights;
  }

  /// Client properties of one who may do everything.
  public Map<String, Object> asSuperUser() {
    return properties(SUPER_USER);
  }

  /// Client properties of a user.
  public Map<String, Object> properties(String user) {
    Map<String, Object> properties = new HashMap<>();
    variables(user, PASSWORD)
        .forEach((name, value) ->
            properties.put(
                name.substring("KAFKA_".length()).toLowerCase(Locale.ROOT).replace('_', '.'),
                value));
    return properties;
  }

  /// Environment variables with which a command connects as a user.
  public Map<String, String> variables(String user, String password) {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS",
        bootstrapServers(),
        "KAFKA_SECURITY_PROTOCOL",
        "SASL_SSL",
        "KAFKA_SASL_MECHANISM",
        "PLAIN",
        "KAFKA_SASL_JAAS_CONFIG",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, password),
        "KAFKA_SSL_TRUSTSTORE_LOCATION",
        store.file().toString(),
        "KAFKA_SSL_TRUSTSTORE_PASSWORD",
        STORE_PASSWORD);
  }

  /// The packaged program as a user, who finds the topics made.
  public ProcessBuilder command(String user, String password, List<String> arguments) {
    ProcessBuilder command =
        new ProcessBuilder(
            PackagedProgram.command(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1"), arguments));
    command.environment().putAll(variables(user, password));
    command.environment().put("CHRONOSCOPE_TOPICS_CREATE", "false");
    command.environment().put("CHRONOSCOPE_TRACING", "true");
    command.environment().put("OTEL_TRACES_EXPORTER", "none");
    return command;
  }

  /// Runs keytool on the keystore.
  public void keytool(String... arguments) throws Exception {
    store.keytool(arguments);
  }

  @Override
  public void close() {
    broker.close();
  }
}
