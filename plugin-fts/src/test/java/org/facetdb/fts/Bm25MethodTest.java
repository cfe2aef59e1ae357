package org.facetdb.fts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.type.PhysicalKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Bm25MethodTest {
  private final IndexMethod method = Fixture.method(FtsFormat.FIXED_ENDS);

  @ParameterizedTest
  @CsvSource({
    "analyzer, klingon, english",
    "k1, -1, at least 0",
    "k1, much, at least 0",
    "b, 1.5, from 0 to 1",
    "b, NaN, from 0 to 1",
    "stemming, on, 'analyzer, b, k1'"
  })
  void refusesWrongOptionsAndNamesWhatIsAllowed(String name, String value, String allowed) {
    DatabaseException refused =
        assertThrows(
            DatabaseException.class, () -> method.validate(Fixture.shape(Map.of(name, value))));
    assertEquals("22023", refused.sqlState());
    assertTrue(String.valueOf(refused.getMessage()).contains(allowed), refused.getMessage());
  }

  @Test
  void refusesColumnsThatHoldNoText() {
    for (Fixture.FakeType type :
        List.of(
            new Fixture.FakeType("bigint", PhysicalKind.Fixed.LONG),
            new Fixture.FakeType("bytea", PhysicalKind.VariableBytes.INSTANCE))) {
      IndexShape shape =
          new IndexShape("i", "t", List.of(new IndexShape.Column("c", type)), Map.of());
      DatabaseException refused =
          assertThrows(DatabaseException.class, () -> method.validate(shape));
      assertEquals("42804", refused.sqlState());
    }
  }

  @Test
  void analyzesInEachLanguageThatItNames() throws Exception {
    for (String name : Analyzers.names()) {
      try (var analyzer = Analyzers.create(name);
          var tokens = analyzer.tokenStream("c", "Ein Text of 42 words")) {
        tokens.reset();
        assertTrue(tokens.incrementToken(), name);
        tokens.end();
      }
    }
  }
}
