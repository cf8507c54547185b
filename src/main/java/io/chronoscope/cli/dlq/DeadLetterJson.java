package io.chronoscope.cli.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.Sha256;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.Rfc3339;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/// Writes rejected records as the `dlq` commands print them.
final class DeadLetterJson {

  private DeadLetterJson() {}

  static ObjectNode of(ConsumerRecord<byte[], byte[]> record) {
    ObjectNode json = Json.newObject();
    json.put("time", Rfc3339.format(Instant.ofEpochMilli(Math.max(0, record.timestamp()))));
    if (record.key() != null) {
      json.put("key", new String(record.key(), UTF_8));
    }
    ObjectNode headers = json.putObject("headers");
    for (Header header : record.headers()) {
      headers.put(header.key(), header.value() == null ? null : new String(header.value(), UTF_8));
    }
    byte[] value = valueOf(record);
    json.put("sizeBytes", value.length);
    json.put("sha256", Sha256.hex(value));
    return json;
  }

  /// Returns the record's value, empty for a tombstone.
  static byte[] valueOf(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null ? new byte[0] : record.value();
  }

  /// Flattens the object: the fields of nested objects get the path as a prefix.
  static Map<String, String> flatten(ObjectNode json) {
    Map<String, String> fields = new LinkedHashMap<>();
    flatten(json, "", fields);
    return fields;
  }

  private static void flatten(ObjectNode json, String path, Map<String, String> fields) {
    json.properties()
        .forEach(field -> {
          if (field.getValue() instanceof ObjectNode nested) {
            flatten(nested, path + field.getKey() + ".", fields);
          } else {
            fields.put(path + field.getKey(), field.getValue().asText());
          }
        });
  }
}
