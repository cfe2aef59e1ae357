package org.facetdb.cli.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingTest {
  private static final double EXACT = 1e-12;

  @Test
  void whatWasNotFoundCountsInTheIdeal() {
    Ranking ranking = Ranking.of(List.of(9, 1), Set.of(1, 2));
    double second = Math.log(2) / Math.log(3);
    assertEquals(second / (1 + second), ranking.ndcg(), EXACT);
    assertEquals(0.1, ranking.precision(), EXACT);
    assertEquals(0.25, ranking.averagePrecision(), EXACT);
  }

  @Test
  void onlyTheFirstTenCountButForTheAveragePrecision() {
    List<Integer> found = IntStream.rangeClosed(1, 20).boxed().toList();
    Ranking ranking = Ranking.of(found, Set.of(11));
    assertEquals(0, ranking.ndcg(), EXACT);
    assertEquals(0, ranking.precision(), EXACT);
    assertEquals(1.0 / 11, ranking.averagePrecision(), EXACT);
  }

  @Test
  void aPerfectAnswerScoresOneHoweverManyAreRelevant() {
    assertEquals(1, Ranking.of(List.of(5, 6), Set.of(5, 6)).ndcg(), EXACT);
    List<Integer> twelve = IntStream.rangeClosed(1, 12).boxed().toList();
    assertEquals(1, Ranking.of(twelve, Set.copyOf(twelve)).ndcg(), EXACT);
    assertEquals(new Ranking(0, 0, 0), Ranking.of(List.of(1), Set.of()));
    assertEquals(
        new Ranking(0.5, 0.5, 0.5),
        Ranking.mean(List.of(new Ranking(0, 0, 0), new Ranking(1, 1, 1))));
  }

  @Test
  void noCharacterOfAQuestionIsSyntax() {
    assertEquals(
        "is \\(a\\/b\\)\\* and \\\"c\\\" ok\\?",
        CranfieldSuite.anyWord(" Is (a/b)* AND \"c\"\nok? "));
  }
}
