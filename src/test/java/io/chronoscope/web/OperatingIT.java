package io.chronoscope.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.testing.Await;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/// Rules, questions and dead letters over HTTP.
@QuarkusTest
@TestProfile(ServedWithoutModel.class)
class OperatingIT {

  @TestHTTPResource URI root;

  @Test
  void aRuleIsPutReplacedAndRemoved() {
    Http http = new Http(root);
    String path = "/api/rules/red%20stops";

    HttpResponse<String> put =
        http.send("PUT", path, "{\"text\":\"a red circle stops\",\"streams\":\"cam-*\"}");
    assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
    assertThat(http.json(path).get("threshold").asDouble()).isEqualTo(0.5);
    assertThat(
            http.send("POST", "/api/rules", "{\"id\":\"red stops\",\"text\":\"it stops\"}")
                .statusCode())
        .isEqualTo(200);
    assertThat(http.json(path).get("text").asText()).isEqualTo("it stops");
    assertThat(http.send("DELETE", path, "").statusCode()).isEqualTo(204);
    assertThat(http.get(path).statusCode()).isEqualTo(404);

    HttpResponse<String> wrong = http.send("PUT", path, "{\"text\":\"x\",\"threshold\":7}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(Http.parse(wrong.body()).get("field").asText()).isEqualTo("threshold");
  }

  @Test
  void aQuestionIsPendingUntilItIsAnswered() {
    Http http = new Http(root);

    HttpResponse<String> asked =
        http.send(
            "POST",
            "/api/questions",
            """
            {"stream":"cam","question":"who comes","from":"2026-05-04T12:00:00Z",
             "to":"2026-05-04T12:01:00Z"}\
            """);

    assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
    String path = URI.create(asked.headers().firstValue("Location").orElseThrow()).getPath();
    assertThat(http.json(path).get("state").asText()).isEqualTo("pending");
    String id = http.json(path).get("id").asText();
    ServedWithoutModel.INDEX.publish(
        new QuestionAnswer(
            id,
            "cam",
            "who comes",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            new ModelRef("demo", "1"),
            Optional.empty()));
    assertThat(http.json(path).get("state").asText()).isEqualTo("answered");
    assertThat(http.json(path).at("/answer/id").asText()).isEqualTo(id);
  }

  @Test
  void aDeadLetterIsListedAndRedrivenOnce() throws Exception {
    Http http = new Http(root);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", ServedWithoutModel.Broker.servers),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("video.chunks", "refused", null)).get();
    }
    JsonNode letter =
        Await.answer(
            () -> http.json("/api/dead-letters?stream=refused").at("/items/0"),
            found -> !found.isMissingNode());
    String id = letter.get("id").asText();
    assertThat(letter.get("state").asText()).isEqualTo("refused");
    assertThat(letter.get("recordRetained").asBoolean()).isTrue();

    String request = "{\"ids\":[\"%s\",\"video.chunks/0/999999\"]}".formatted(id);
    JsonNode outcomes =
        Http.parse(http.send("POST", "/api/dead-letters/redrive", request).body()).get("items");
    assertThat(outcomes.at("/0/outcome").asText()).as(outcomes.toString()).isEqualTo("redriven");
    assertThat(outcomes.at("/1/outcome").asText()).isEqualTo("failed");
    assertThat(
            Http.parse(http.send("POST", "/api/dead-letters/redrive", request).body())
                .at("/items/0/detail")
                .asText())
        .contains("redriven before");
  }
}
