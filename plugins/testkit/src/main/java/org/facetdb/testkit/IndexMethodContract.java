package org.facetdb.testkit;

import org.junit.jupiter.api.Test;

/**
 * The contract suite for index methods: a plug-in's test extends it and fills in {@link
 * IndexFixture}. Each test prints its seed; {@code -Dfacetdb.contract.seed} and {@code
 * -Dfacetdb.contract.round} run a failing round again, {@code -Dfacetdb.contract.rounds=1000} tries
 * 1000 crashes instead of 100 and the other checks as much harder.
 */
public abstract class IndexMethodContract implements IndexFixture {
  /** For the plug-in's test. */
  protected IndexMethodContract() {}

  private IndexChecks checks() {
    return IndexChecks.fromProperties(this);
  }

  @Test
  public void viewsAnswerAsTheModelDoesAfterRandomOperations() {
    checks().randomOperations();
  }

  @Test
  public void aCrashAtAnyStepLosesNothing() {
    checks().crashAtEachStep();
  }

  @Test
  public void whatWasGivenBeforeChangesNothing() {
    checks().replay();
  }

  @Test
  public void snapshotsInThePastAreAnsweredUntilTheyExpire() {
    checks().timeTravel();
  }

  @Test
  public void endedEntriesGoAfterTheyExpired() {
    checks().expiry();
  }

  @Test
  public void anotherVersionGoesOnFromACheckpointThatItReads() {
    checks().swap();
  }

  @Test
  public void viewsStayTheSameWhileTheIndexChangesAndCloses() {
    checks().concurrentViews();
  }

  @Test
  public void badInputIsRefusedAndHarmless() {
    checks().badInput();
  }
}
