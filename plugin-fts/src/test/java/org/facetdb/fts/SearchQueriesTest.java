package org.facetdb.fts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchQueriesTest {
  private Fixture fixture;

  @BeforeEach
  void open() {
    fixture = new Fixture();
    fixture.put(1, 10, "wings", "flow over a wing");
    fixture.put(2, 10, "boundary layers", "heat transfer");
    fixture.put(3, 10, null, "wing and boundary");
    fixture.put(4, 10, "flows", null);
    fixture.refresh(10);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private DatabaseException refused(String query) {
    return assertThrows(DatabaseException.class, () -> fixture.find(10, query));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          wing AND        | syntax error in search query at position 9: expected a term, found the end
          (wing           | syntax error in search query at position 6: expected a term or ")", found the end
          wing)           | syntax error in search query at position 5: expected a term or the end, found ")"
          wing AND ^3     | syntax error in search query at position 10: expected a term, found "^"
          wing AND OR cone| syntax error in search query at position 10: expected a term, found "OR"
          "wing flow      | syntax error in search query at position 11: expected a closing ", found the end
          flow /wi        | syntax error in search query at position 9: expected a closing /, found the end
          [a TO           | syntax error in search query at position 6: expected a bound, found the end
          wing^x          | syntax error in search query at position 6: expected a number, found "x"
          (wing^) heat    | syntax error in search query at position 7: expected a number, found ")"
          wing^-1         | syntax error in search query at position 6: expected a number, found "-"
          wing~9          | syntax error in search query at position 5: expected 0, 1 or 2 edits after ~
          wing~9.5        | syntax error in search query at position 5: expected 0, 1 or 2 edits after ~
          ``              | syntax error in search query at position 1: expected a term, found the end
          """)
  void saysWhereAQueryIsWrong(String query, String message) {
    DatabaseException refused = refused(query);
    assertEquals("42601", refused.sqlState());
    assertEquals(message, refused.getMessage());
  }

  @Test
  void saysWhereAPatternIsWrong() {
    DatabaseException refused = refused("wing /[/");
    assertEquals("22023", refused.sqlState());
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith("wrong pattern in search query at position 6: "), message);
    assertEquals("Search query: wing /[/", refused.detail());
    assertEquals("Search query: author:smith", refused("author:smith").detail());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wing AND",
        "\"",
        "(",
        "[a",
        "a^b",
        "\\u12",
        "/(/",
        "/[/",
        "a\\",
        "title:",
        ":wing",
        "{a TO b]x}",
        "~",
        "wing~~",
        "^",
        "!",
        "&&",
        "a:b:c",
        "/a{2,1}/",
        "<",
        "title:(a b",
        "\"a\"~x",
        "x~-1"
      })
  void raisesNothingButErrorsWithAState(String query) {
    try {
      fixture.find(10, query);
    } catch (DatabaseException e) {
      assertTrue(
          List.of("42601", "42703", "22023", "54000", "54001").contains(e.sqlState()), query);
      assertFalse(String.valueOf(e.getMessage()).contains("lucene"), query);
      assertFalse(String.valueOf(e.getMessage()).contains("Query"), query);
    }
  }

  @Test
  void refusesColumnsThatAreNotIndexed() {
    DatabaseException refused = refused("author:smith");
    assertEquals("42703", refused.sqlState());
    assertTrue(String.valueOf(refused.getMessage()).contains("columns=title, body"));
    assertEquals("42703", refused("row:1").sqlState());
  }

  @Test
  void refusesWhatTakesTooMuch() {
    assertEquals("54001", refused("(".repeat(5000) + "a" + ")".repeat(5000)).sqlState());
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      many.append(" t").append(i);
    }
    assertEquals("54000", refused(many.toString()).sqlState());
    assertEquals("54000", refused("/(.*a){20}(.*b){20}.{9,90}(.*c){30}.{2,60}/").sqlState());
  }

  @Test
  void searchesTheClausesColumnOrAll() {
    assertEquals(List.of(1L, 3L), sorted("wing"));
    assertEquals(List.of(1L), sorted("title:wing"));
    assertEquals(List.of(1L), sorted("TITLE:wing"));
    assertEquals(List.of(2L, 3L), sorted("boundary"));
    assertEquals(List.of(1L, 4L), sorted("fl*"));
    assertEquals(List.of(1L, 4L), sorted("*low"));
    assertEquals(List.of(1L, 2L, 3L, 4L), sorted("*:*"));
    assertEquals(List.of(3L), sorted("+wing +boundary"));
    assertEquals(List.of(2L), sorted("\"heat transfer\""));
    assertEquals(List.of(1L, 3L), sorted("wlng~"));
    assertEquals(List.of(), sorted("the"));
  }

  @Test
  void rankstheNearestFuzzyTermsFirst() {
    fixture.put(9, 20, "wink", null);
    fixture.refresh(20);
    try (IndexView view = fixture.index.view()) {
      assertEquals(20, view.position().timestamp());
    }
    List<Long> found = fixture.find(20, "title:wink~");
    assertEquals(List.of(9L, 1L), found);
  }

  private List<Long> sorted(String query) {
    return fixture.find(10, query).stream().sorted().toList();
  }
}
