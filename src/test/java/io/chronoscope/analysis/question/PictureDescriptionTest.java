package io.chronoscope.analysis.question;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PictureDescriptionTest {

  @Test
  void takesTheDescriptionsOutOfTheAnswer() {
    assertThat(
            PictureDescription.descriptions(
                """
                [{"start": 0.0, "end": 1.0, "description": "A red circle stops."},
                 {"description" : "A \\"box\\"\\nfalls."}]
                """))
        .isEqualTo("A red circle stops. A 'box' falls.");
  }

  @Test
  void takesAnAnswerInOtherWordsAsItIs() {
    assertThat(PictureDescription.descriptions(" a red circle ")).isEqualTo("a red circle");
  }

  @Test
  void anAnswerWithoutEventsDescribesNothing() {
    assertThat(PictureDescription.descriptions("[]")).isEmpty();
    assertThat(PictureDescription.descriptions("```json\n[]\n```")).isEmpty();
  }
}
