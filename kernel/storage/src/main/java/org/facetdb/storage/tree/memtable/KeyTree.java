package org.facetdb.storage.tree.memtable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.facetdb.storage.tree.entry.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A B+tree from the keys of one key space to their chains of versions, for one writer and any
 * number of readers without locks.
 *
 * <p>Publication: slots of a leaf are written once, then become reachable through a new {@code
 * order} array that is stored with release; a slot's newest version is stored with release. A full
 * leaf is never emptied: a split fills two new leaves and leaves the old one frozen, then replaces
 * the parent by a copy, stored with release into the grandparent. So a reader that knows of a
 * commit (it loaded its timestamp after the writer stored it) finds a leaf that was live at or
 * after that commit, and every key of that commit in it; the same holds, by induction, for the leaf
 * that a frozen leaf names as its next. Keys committed later may or may not be met.
 */
final class KeyTree {
  static final int LEAF_SLOTS = 64;
  private static final int FAN_OUT = 64;
  private static final int DEPTH_MAX = 12;

  /** Heap bytes of a leaf, roughly. */
  static final int LEAF_BYTES = LEAF_SLOTS * 24 + 200;

  private static final VarHandle ROOT;
  private static final VarHandle ORDER;
  private static final VarHandle NEXT;
  private static final VarHandle VERSIONS = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle CHILDREN = MethodHandles.arrayElementVarHandle(Node[].class);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ROOT = lookup.findVarHandle(KeyTree.class, "root", Node.class);
      ORDER = lookup.findVarHandle(Leaf.class, "order", byte[].class);
      NEXT = lookup.findVarHandle(Leaf.class, "next", Leaf.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A leaf or an inner node. */
  abstract static sealed class Node {}

  /** Up to {@link #LEAF_SLOTS} keys; {@code order} lists the used slots in key order. */
  static final class Leaf extends Node {
    final long[] high = new long[LEAF_SLOTS];
    final long[] low = new long[LEAF_SLOTS];
    final int[] keys = new int[LEAF_SLOTS];
    final int[] versions = new int[LEAF_SLOTS];
    private byte[] order = {};
    private @Nullable Leaf next;
    // The writer's alone.
    private int used;
    private @Nullable Leaf previous;

    byte[] order() {
      return (byte[]) ORDER.getAcquire(this);
    }

    @Nullable Leaf next() {
      return (Leaf) NEXT.getAcquire(this);
    }

    int newestVersion(int slot) {
      return (int) VERSIONS.getAcquire(versions, slot);
    }

    private void copySlot(Leaf from, int slot) {
      high[used] = from.high[slot];
      low[used] = from.low[slot];
      keys[used] = from.keys[slot];
      versions[used] = from.versions[slot];
      used++;
    }
  }

  /** Child i holds keys below separator i, the last child the rest. Separators never change. */
  private static final class Inner extends Node {
    final long[] high;
    final long[] low;
    final int[] keys;
    final Node[] children;

    Inner(int separators) {
      high = new long[separators];
      low = new long[separators];
      keys = new int[separators];
      children = new Node[separators + 1];
    }

    Node child(int index) {
      return (Node) CHILDREN.getAcquire(children, index);
    }

    void copySeparators(Inner from, int start, int to, int length) {
      System.arraycopy(from.high, start, high, to, length);
      System.arraycopy(from.low, start, low, to, length);
      System.arraycopy(from.keys, start, keys, to, length);
    }
  }

  private final VersionArena arena;
  private Node root = new Leaf();
  private long heapBytes = LEAF_BYTES;
  private long keyCount;
  private final Inner[] path = new Inner[DEPTH_MAX];
  private final int[] pathIndex = new int[DEPTH_MAX];

  KeyTree(VersionArena arena) {
    this.arena = arena;
  }

  /** Keys held; for the writer, and for all once nothing is written any more. */
  long keyCount() {
    return keyCount;
  }

  /** Heap bytes of the nodes, roughly; the writer's alone. */
  long heapBytes() {
    return heapBytes;
  }

  // ---- reading

  private int compare(
      long h, long l, int reference, long high, long low, byte[] key, int offset, int length) {
    if (h != high) {
      return Long.compareUnsigned(h, high);
    }
    if (l != low) {
      return Long.compareUnsigned(l, low);
    }
    int stored = arena.keyLength(reference);
    if (stored <= 16 || length <= 16) {
      return Integer.compare(stored, length);
    }
    return Bytes.compare(
        arena.chunk(reference),
        arena.keyOffset(reference) + 16,
        stored - 16,
        key,
        offset + 16,
        length - 16);
  }

  /** Index of the child that a key belongs to. */
  private int childIndex(Inner node, long high, long low, byte[] key, int offset, int length) {
    int from = 0;
    int to = node.keys.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int order =
          compare(
              node.high[middle],
              node.low[middle],
              node.keys[middle],
              high,
              low,
              key,
              offset,
              length);
      if (order <= 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** Index in {@code order} of the first key at or above the given one. */
  int lowerBound(Leaf leaf, byte[] order, byte[] key, int offset, int length) {
    long high = Bytes.head(key, offset, length);
    long low = Bytes.head(key, offset + 8, length - 8);
    int from = 0;
    int to = order.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int slot = order[middle];
      int cmp =
          compare(leaf.high[slot], leaf.low[slot], leaf.keys[slot], high, low, key, offset, length);
      if (cmp < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private boolean keyEquals(Leaf leaf, int slot, byte[] key, int offset, int length) {
    // The heads lie in lines that the search has loaded, the key itself mostly does not.
    if (leaf.high[slot] != Bytes.head(key, offset, length)
        || leaf.low[slot] != Bytes.head(key, offset + 8, length - 8)) {
      return false;
    }
    int reference = leaf.keys[slot];
    return Bytes.equal(
        arena.chunk(reference),
        arena.keyOffset(reference),
        arena.keyLength(reference),
        key,
        offset,
        length);
  }

  /** The leaf that a key belongs to. */
  Leaf leaf(byte[] key, int offset, int length) {
    long high = Bytes.head(key, offset, length);
    long low = Bytes.head(key, offset + 8, length - 8);
    Node node = (Node) ROOT.getAcquire(this);
    while (node instanceof Inner inner) {
      node = inner.child(childIndex(inner, high, low, key, offset, length));
    }
    return (Leaf) node;
  }

  /** The leaf of the smallest keys. */
  Leaf firstLeaf() {
    Node node = (Node) ROOT.getAcquire(this);
    while (node instanceof Inner inner) {
      node = inner.child(0);
    }
    return (Leaf) node;
  }

  /** Reference of a key's newest version, 0 if it has none. */
  int newestVersion(byte[] key, int offset, int length) {
    Leaf leaf = leaf(key, offset, length);
    byte[] order = leaf.order();
    int index = lowerBound(leaf, order, key, offset, length);
    if (index < order.length && keyEquals(leaf, order[index], key, offset, length)) {
      return leaf.newestVersion(order[index]);
    }
    return 0;
  }

  // ---- writing

  void put(
      byte[] bytes,
      int keyOffset,
      int keyLength,
      long begin,
      boolean deleted,
      int valueOffset,
      int valueLength) {
    long high = Bytes.head(bytes, keyOffset, keyLength);
    long low = Bytes.head(bytes, keyOffset + 8, keyLength - 8);
    int depth = 0;
    Node node = root;
    while (node instanceof Inner inner) {
      int child = childIndex(inner, high, low, bytes, keyOffset, keyLength);
      path[depth] = inner;
      pathIndex[depth++] = child;
      node = inner.children[child];
    }
    Leaf leaf = (Leaf) node;
    byte[] order = leaf.order;
    int index = lowerBound(leaf, order, bytes, keyOffset, keyLength);
    if (index < order.length && keyEquals(leaf, order[index], bytes, keyOffset, keyLength)) {
      int slot = order[index];
      int version =
          arena.addVersion(begin, leaf.versions[slot], deleted, bytes, valueOffset, valueLength);
      VERSIONS.setRelease(leaf.versions, slot, version);
      return;
    }
    keyCount++;
    int key = arena.addKey(bytes, keyOffset, keyLength);
    int version = arena.addVersion(begin, 0, deleted, bytes, valueOffset, valueLength);
    if (leaf.used < LEAF_SLOTS) {
      insert(leaf, index, high, low, key, version);
    } else if (leaf.next == null && index == order.length) {
      Leaf right = newLeaf();
      insert(right, 0, high, low, key, version);
      right.previous = leaf;
      NEXT.setRelease(leaf, right);
      replaceChild(depth, leaf, right, right);
    } else {
      split(depth, leaf, order, index, high, low, key, version);
    }
  }

  private Leaf newLeaf() {
    heapBytes += LEAF_BYTES;
    return new Leaf();
  }

  private void insert(Leaf leaf, int index, long high, long low, int key, int version) {
    int slot = leaf.used++;
    leaf.high[slot] = high;
    leaf.low[slot] = low;
    leaf.keys[slot] = key;
    leaf.versions[slot] = version;
    byte[] order = leaf.order;
    byte[] grown = new byte[order.length + 1];
    System.arraycopy(order, 0, grown, 0, index);
    grown[index] = (byte) slot;
    System.arraycopy(order, index, grown, index + 1, order.length - index);
    ORDER.setRelease(leaf, grown);
  }

  private void split(
      int depth, Leaf old, byte[] order, int index, long high, long low, int key, int version) {
    Leaf left = newLeaf();
    Leaf right = newLeaf();
    int half = order.length / 2;
    for (int i = 0; i < order.length; i++) {
      (i < half ? left : right).copySlot(old, order[i]);
    }
    left.order = identity(half);
    right.order = identity(order.length - half);
    if (index <= half) {
      insert(left, index, high, low, key, version);
    } else {
      insert(right, index - half, high, low, key, version);
    }
    Leaf before = old.previous;
    Leaf after = old.next;
    left.previous = before;
    left.next = right;
    right.previous = left;
    right.next = after;
    if (after != null) {
      after.previous = right;
    }
    replaceChild(depth, left, right, right);
    if (before != null) {
      NEXT.setRelease(before, left);
    }
  }

  private static byte[] identity(int length) {
    byte[] order = new byte[length];
    for (int i = 0; i < length; i++) {
      order[i] = (byte) i;
    }
    return order;
  }

  /** Puts two nodes where the path's node at a depth was; the right one starts at a new leaf. */
  private void replaceChild(int depth, Node leftNode, Node rightNode, Leaf firstOfRight) {
    int first = firstOfRight.order[0];
    long high = firstOfRight.high[first];
    long low = firstOfRight.low[first];
    int key = firstOfRight.keys[first];
    Node left = leftNode;
    Node right = rightNode;
    for (int d = depth - 1; d >= 0; d--) {
      Inner wide = widen(path[d], pathIndex[d], high, low, key, left, right);
      heapBytes += 24;
      if (wide.children.length <= FAN_OUT) {
        publish(d, wide);
        return;
      }
      int middle = wide.keys.length / 2;
      high = wide.high[middle];
      low = wide.low[middle];
      key = wide.keys[middle];
      left = slice(wide, 0, middle);
      right = slice(wide, middle + 1, wide.keys.length);
    }
    Inner top = new Inner(1);
    top.high[0] = high;
    top.low[0] = low;
    top.keys[0] = key;
    top.children[0] = left;
    top.children[1] = right;
    ROOT.setRelease(this, (Node) top);
  }

  private static Inner widen(
      Inner old, int index, long high, long low, int key, Node left, Node right) {
    int separators = old.keys.length;
    Inner wide = new Inner(separators + 1);
    wide.copySeparators(old, 0, 0, index);
    wide.copySeparators(old, index, index + 1, separators - index);
    wide.high[index] = high;
    wide.low[index] = low;
    wide.keys[index] = key;
    System.arraycopy(old.children, 0, wide.children, 0, index);
    wide.children[index] = left;
    wide.children[index + 1] = right;
    System.arraycopy(old.children, index + 1, wide.children, index + 2, separators - index);
    return wide;
  }

  private static Inner slice(Inner from, int start, int end) {
    Inner part = new Inner(end - start);
    part.copySeparators(from, start, 0, end - start);
    System.arraycopy(from.children, start, part.children, 0, end - start + 1);
    return part;
  }

  private void publish(int depth, Inner node) {
    if (depth == 0) {
      ROOT.setRelease(this, (Node) node);
    } else {
      CHILDREN.setRelease(path[depth - 1].children, pathIndex[depth - 1], (Node) node);
    }
  }

  /** Leaves of the whole tree's keys, for statistics and tests. */
  int depth() {
    int depth = 1;
    Node node = root;
    while (node instanceof Inner inner) {
      node = inner.children[0];
      depth++;
    }
    return depth;
  }

  @Override
  public String toString() {
    return "KeyTree depth=" + depth() + " order=" + Arrays.toString(firstLeaf().order());
  }
}
