package org.facetdb.storage.lock;

/** A line of what is held and waited for. */
public record LockStatus(LockTarget target, int ownerId, LockMode mode, boolean granted) {}
