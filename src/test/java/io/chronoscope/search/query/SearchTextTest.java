package io.chronoscope.search.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.search.InvalidQueryException;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchRequest;
import org.junit.jupiter.api.Test;

class SearchTextTest {

  @Test
  void readsWordsPhrasesExclusionsAndBeginnings() {
    SearchText text = SearchText.parse("a truck “loading dock” -person deliv* t-shirt");

    assertThat(text.plain()).isEqualTo("a truck loading dock deliv t-shirt");
    assertThat(text.phrases()).containsExactly("loading dock");
    assertThat(text.excluded()).containsExactly("person");
    assertThat(text.beginnings()).containsExactly("deliv");
  }

  private static void refuses(String text, String reason) {
    assertThatThrownBy(() -> SearchText.parse(text))
        .as(text)
        .isInstanceOf(InvalidQueryException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesWhatCannotBeSearchedFor() {
    refuses("a \"red car", "character 3");
    refuses("-dog", "only excludes");
    refuses("?!", "no letter");
    refuses("*", "at least 3 letters");
    refuses("ab*", "at least 3 letters");
    refuses("a*b*c*", "at least 3 letters");
    refuses("aaa* bbb* ccc* ddd* eee*", "the most are 4");
    refuses("word ".repeat(60), "60 words");
  }

  @Test
  void refusesEmptyAndEnormousTexts() {
    assertThatThrownBy(() -> new SearchRequest(" ", ResultFilter.VALID, 10))
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> new SearchRequest("x".repeat(10_000), ResultFilter.VALID, 10))
        .hasMessageContaining("10000 characters");
    assertThatThrownBy(() -> new SearchRequest("x", ResultFilter.VALID, 0))
        .hasMessageContaining("limit");
  }

  private static void reads(String text, String plain) {
    assertThat(Contrasts.ENGLISH.inPlainWords(text)).isEqualTo(plain);
  }

  @Test
  void readsRareWordsAsPlainOnes() {
    reads("A crimson disc drifts upwards.", "A red circle drifts up.");
    reads("a sky-blue van descends", "a blue van moves down");
    reads("a dark purple car in a dark street", "a purple car in a dark street");
    reads("a man left the room", "a man left the room");
    reads("nothing to replace", "nothing to replace");
  }

  @Test
  void aVerbWithAParticleIsNoDirection() {
    reads("he turned up and sat down", "he turned up and sat down");
    reads("it floats upward", "it floats up");
    assertThat(Relevance.terms("a bicycle turns up")).containsExactly("bicycle");
    assertAgreement("a man turns up", "A man moves down.");
    assertContradiction("a balloon floats up", "A balloon floats down.");
  }

  @Test
  void aDescriptionBecomesATextThatCanBeSearchedFor() {
    String text = SearchText.ofWords("A red circle* moves \"left\" -- and a well-lit dog's bowl.");
    assertThat(text).isEqualTo("A red circle moves left and a well-lit dog's bowl");
    assertThat(SearchText.parse(text).excluded()).isEmpty();
    String many = SearchText.ofWords("word ".repeat(1000));
    assertThat(SearchText.parse(many).plain().split(" ")).hasSize(SearchText.MAX_WORDS);
    assertThat(SearchText.ofWords("x".repeat(5000))).isEmpty();
    assertThat(SearchText.ofWords(" … ")).isEmpty();
  }

  @Test
  void aWordThatOnlyOccursWithinAPhraseIsNotThatWord() {
    assertThat(Relevance.terms("The light goes off.")).containsExactly("light", "goes_off");
    assertThat(Relevance.terms("a van goes left")).containsExactly("van", "go", "left");
  }

  @Test
  void knowsWordsThatExcludeEachOther() {
    assertContradiction("a red car turns left", "A blue car turns left.");
    assertContradiction("a car turns left", "A car turns right.");
    assertContradiction("turns from red to green", "It turns from green to red.");
    assertAgreement("a crimson disc", "A red circle moves left.");
    assertAgreement("a car", "A red car turns left.");
    assertAgreement("a man left the room", "A man goes right.");
  }

  private static void assertContradiction(String text, String result) {
    assertThat(contradicts(text, result)).as(text + " / " + result).isTrue();
  }

  private static void assertAgreement(String text, String result) {
    assertThat(contradicts(text, result)).as(text + " / " + result).isFalse();
  }

  private static boolean contradicts(String text, String result) {
    return Contrasts.ENGLISH.said(text).isContradictedBy(Contrasts.ENGLISH.said(result));
  }
}
