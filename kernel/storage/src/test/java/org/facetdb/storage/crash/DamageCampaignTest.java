package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.crash.DamageCampaign.Damage;
import org.facetdb.storage.crash.DamageCampaign.Kind;
import org.facetdb.storage.crash.DamageCampaign.Outcome;
import org.facetdb.storage.crash.DamageCampaign.Result;
import org.junit.jupiter.api.Test;

/** Damaged files of every kind: named, or what was damaged is read by nobody. */
class DamageCampaignTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.damage.rounds", 500);

  private final Map<Kind, Map<Outcome, Integer>> counts = new EnumMap<>(Kind.class);
  private final List<String> bad = new ArrayList<>();

  private Outcome count(DamageCampaign campaign, Kind kind, Damage damage) {
    Result result = campaign.run(damage);
    counts
        .computeIfAbsent(kind, k -> new EnumMap<>(Outcome.class))
        .merge(result.outcome(), 1, Integer::sum);
    if (!isAllowed(result.outcome(), kind, damage)) {
      bad.add(
          result.outcome()
              + " "
              + kind
              + " "
              + damage.file()
              + " "
              + damage.what()
              + ": "
              + result.detail());
    }
    return result.outcome();
  }

  private static boolean isAllowed(Outcome outcome, Kind kind, Damage damage) {
    return switch (outcome) {
      case NAMED -> true;
      case UNREAD -> kind != Kind.CURRENT;
      case OWNER -> kind == Kind.SIDE;
      case CRASH_LIKE -> kind == Kind.KEPT_SEGMENT;
      case TAIL -> kind == Kind.ACTIVE_SEGMENT;
      // The log lacks what the lost edits would say, and the name of a lost timeline is unknown.
      case ELSEWHERE ->
          (kind == Kind.MANIFEST && !damage.deleted() && mayBeTorn(damage))
              || (kind == Kind.TIMELINE && damage.deleted());
      case HUNG, WRONG -> false;
    };
  }

  private static boolean mayBeTorn(Damage damage) {
    if (damage.to() >= damage.bytes().length) {
      return true;
    }
    // Zeros within the last record are sectors never written; elsewhere the record behind tells.
    boolean zeros = true;
    for (int i = damage.from(); i < damage.to(); i++) {
      zeros &= damage.bytes()[i] == 0;
    }
    return zeros;
  }

  private void assertNoneBad() {
    assertTrue(bad.isEmpty(), () -> bad.size() + " bad:\n" + String.join("\n", bad));
  }

  @Test
  void aTruncationAtAnyByteOfALogTailIsNamed() {
    try (DamageCampaign campaign =
        new DamageCampaign(new Random(Seeds.next(DamageCampaignTest.class)), false)) {
      String name = campaign.kinds().get(Kind.ACTIVE_SEGMENT).getFirst();
      int end = campaign.recordsEnd(name);
      for (int length = Math.max(80, end - 300); length < end + 10; length++) {
        Damage damage = campaign.truncated(name, length);
        assertEquals(
            Outcome.NAMED, count(campaign, Kind.ACTIVE_SEGMENT, damage), damage.what() + bad);
      }
    }
    assertNoneBad();
  }

  @Test
  void aTruncationAtAnyByteOfAManifestLosesNothing() {
    try (DamageCampaign campaign =
        new DamageCampaign(new Random(Seeds.next(DamageCampaignTest.class)), false)) {
      String name = campaign.kinds().get(Kind.MANIFEST).getFirst();
      for (int length = 0; length < campaign.file(name).length; length++) {
        count(campaign, Kind.MANIFEST, campaign.truncated(name, length));
      }
    }
    System.out.println("manifest cut at every byte: " + counts);
    assertNoneBad();
  }

  @Test
  void damageIsNamedOrReadByNobody() {
    long seed = Seeds.next(DamageCampaignTest.class);
    for (boolean closed : new boolean[] {false, true}) {
      Random random = new Random(seed + (closed ? 1 : 0));
      try (DamageCampaign campaign = new DamageCampaign(random, closed)) {
        campaign.assertControl();
        Map<Kind, List<String>> kinds = campaign.kinds();
        assertEquals(EnumSet.allOf(Kind.class), kinds.keySet());
        List<Kind> order = List.copyOf(kinds.keySet());
        for (int i = 0; i < ROUNDS / 2; i++) {
          Kind kind = order.get(i % order.size());
          List<String> names = kinds.get(kind);
          count(campaign, kind, campaign.damage(names.get(random.nextInt(names.size()))));
        }
      }
    }
    System.out.println("rounds=" + ROUNDS + " seed=" + seed + " outcomes=" + counts);
    assertNoneBad();
  }
}
