package org.facetdb.fts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HighlightsTest {
  private final Fixture fixture = new Fixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private @Nullable Object highlight(String query, @Nullable String text, String... tags) {
    SearchFunction.Rendering rendering =
        (SearchFunction.Rendering) Fixture.method(FtsFormat.FIXED_ENDS).functions().getLast();
    BytesVector values = new BytesVector(Fixture.TEXT, 4);
    values.set(2, (Object) text);
    Vector[] arguments = new Vector[tags.length];
    for (int i = 0; i < tags.length; i++) {
      arguments[i] = new BytesVector(Fixture.TEXT, 4);
      arguments[i].set(2, (Object) tags[i]);
    }
    BytesVector result = new BytesVector(Fixture.TEXT, 4);
    try (IndexView view = fixture.index.view()) {
      List<SearchClause> clauses = List.of(Fixture.all(query));
      view.render(rendering, clauses, 1, values, arguments, new int[] {2}, 1, result);
    }
    return result.valueAt(2);
  }

  @Test
  void marksTheWordsThatTheQueryFound() {
    assertEquals("Flow over <b>wings</b>.", highlight("wing", "Flow over wings."));
    assertEquals("[Flow] over wings", highlight("fl*", "Flow over wings", "[", "]"));
    assertEquals(
        "a <b>boundary</b> <b>layer</b>, no layer",
        String.valueOf(highlight("\"boundary layer\"", "a boundary layer, no layer"))
            .replace("boundary layer</b>", "boundary</b> <b>layer</b>"));
    assertEquals("wings and <b>flows</b>", highlight("title:wing body:flow~1", "wings and flows"));
  }

  @Test
  void marksWhatWasFoundTogetherWithWordsOfOtherColumns() {
    String text = "a boundary layer";
    String marked = "a <b>boundary</b> <b>layer</b>";
    assertEquals(marked, highlight("title:wing AND boundary AND layer", text));
    assertEquals(marked, highlight("+wing +layer +boundary -cone", text));
    assertEquals(marked, highlight("(wing AND layer)^2 boundary", text));
    assertEquals(
        marked,
        String.valueOf(highlight("title:wing AND \"boundary layer\"", text))
            .replace("boundary layer</b>", "boundary</b> <b>layer</b>"));
    assertEquals("a cone", highlight("wing -cone", "a cone"));
  }

  @Test
  void showsTheBeginningWhereNothingMatches() {
    assertEquals("Flow over wings.", highlight("cone", "Flow over wings."));
    assertEquals("", highlight("cone", ""));
    assertNull(highlight("cone", null));
    String shown = String.valueOf(highlight("cone", "word ".repeat(500)));
    assertTrue(shown.length() <= 400 && shown.startsWith("word word"));
  }

  @Test
  void showsTheBestSentencesOfALongText() {
    String text = "Nothing here. ".repeat(100) + "A wing is here. " + "Nothing more. ".repeat(100);
    String shown = String.valueOf(highlight("wing", text));
    assertTrue(shown.contains("A <b>wing</b> is here."), shown);
    assertTrue(shown.length() < 200, shown);
    assertFalse(shown.contains("Nothing here. Nothing here. Nothing here."), shown);
  }

  @Test
  void cutsTextThatNoSentenceEnds() {
    for (String around : List.of("lorem ipsum dolor. ", "no end ", "x", "\n", "\ud83d\ude00")) {
      String text = around.repeat(9_000) + " wing " + around.repeat(5_000);
      String shown = String.valueOf(highlight("wing", text));
      assertTrue(shown.contains("<b>wing</b>"), shown);
      assertTrue(shown.length() <= 420, "around=" + around + " chars=" + shown.length());
    }
    String many = "a wing here and there, ".repeat(3_000);
    String shown = String.valueOf(highlight("wing", many));
    assertTrue(shown.startsWith("a <b>wing</b> here"), shown);
    assertTrue(shown.length() < 3 * 420 + 200, "chars=" + shown.length());
    String token = "y".repeat(200);
    assertEquals(
        "<b>" + token + "</b>",
        highlight(token, token + " " + "z".repeat(5_000)).toString().strip());
  }
}
