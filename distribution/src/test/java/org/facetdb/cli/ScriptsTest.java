package org.facetdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptsTest {
  @Test
  void semicolonsInsideTokensDoNotCut() {
    assertEquals(
        List.of(
            "select 'a;b', \"c;d\"",
            "select $$e;f$$",
            "select $x$;$$;$x$",
            "select 1 /* ; /* ; */ ; */"),
        Scripts.all(
            "select 'a;b', \"c;d\"; select $$e;f$$ ;select $x$;$$;$x$; select 1 /* ; /* ; */ ;"
                + " */;"));
  }

  @Test
  void lineCommentsAloneAreNoStatement() {
    assertEquals(
        List.of("select 1 -- ; one"),
        Scripts.all("-- only; a comment\n;select 1 -- ; one\n; -- end"));
  }

  @Test
  void doubledAndEscapedQuotesStayInside() {
    assertEquals(
        List.of("select 'it''s; fine'", "select E'it\\'s; fine'", "select 2"),
        Scripts.all("select 'it''s; fine'; select E'it\\'s; fine'; select 2"));
  }

  @Test
  void parametersAreNoDollarQuotes() {
    assertEquals(List.of("select $1", "select $2"), Scripts.all("select $1; select $2"));
  }

  @Test
  void statementsKnowTheLineThatTheyBeginOn() {
    assertEquals(
        List.of(
            new Scripts.Placed("select 1", 1),
            new Scripts.Placed("select\n2", 3),
            new Scripts.Placed("select 3", 4),
            new Scripts.Placed("select 4", 8)),
        Scripts.placed("select 1;\n\nselect\n2; select 3;\n-- ; none\n;\n-- last\nselect 4"));
  }

  @Test
  void anUnfinishedStatementIsTheRest() {
    Scripts.Cut cut = Scripts.cut("select 1; select 'a;");
    assertEquals(List.of("select 1"), cut.statements());
    assertEquals(" select 'a;", cut.rest());
  }
}
