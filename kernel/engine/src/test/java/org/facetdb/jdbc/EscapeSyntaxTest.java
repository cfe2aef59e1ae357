package org.facetdb.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class EscapeSyntaxTest {
  private static void assertTranslated(String expected, String given) {
    assertEquals(expected, EscapeSyntax.translate(given).strip());
  }

  @Test
  void escapesBecomeSql() {
    assertTranslated("SELECT DATE '2024-01-31'", "SELECT {d '2024-01-31'}");
    assertTranslated("SELECT TIME '10:00:00'", "SELECT {t '10:00:00'}");
    assertTranslated("SELECT TIMESTAMP '2024-01-31 10:00:00'", "SELECT {ts '2024-01-31 10:00:00'}");
    assertTranslated("SELECT  upper('a')   FROM t", "SELECT { fn upper('a') } FROM t");
    assertTranslated("a  b LEFT JOIN c ON x = y", "a {oj b LEFT JOIN c ON x = y}");
    assertTranslated("x LIKE 'a!%' ESCAPE '!'", "x LIKE 'a!%' {escape '!'}");
  }

  @Test
  void bracesElsewhereStay() {
    for (String sql :
        new String[] {
          "SELECT '{d}', \"{t}\"",
          "SELECT '{\"a\": 1}'::json",
          "SELECT $q${d '1'}$q$",
          "SELECT 1 /* {d */ -- {ts",
          "SELECT '{d ''1''}'",
          "SELECT $1, {unknown"
        }) {
      assertTranslated(sql, sql);
    }
  }
}
