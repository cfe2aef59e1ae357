package org.facetdb.sql.session;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What all sessions of a database do. Safe for use by any number of threads. */
public final class Activities {
  private final Set<SessionActivity> all = ConcurrentHashMap.newKeySet();

  /** Of no sessions. */
  public Activities() {}

  void add(SessionActivity activity) {
    all.add(activity);
  }

  void remove(SessionActivity activity) {
    all.remove(activity);
  }

  /** In order of the sessions' numbers. */
  List<SessionActivity> all() {
    return all.stream().sorted(Comparator.comparingInt(SessionActivity::id)).toList();
  }
}
