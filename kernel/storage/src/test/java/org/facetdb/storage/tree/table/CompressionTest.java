package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jpountz.lz4.LZ4Factory;
import org.facetdb.storage.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CompressionTest {
  private final SplittableRandom random = new SplittableRandom(Seeds.next(CompressionTest.class));

  private byte[] text() {
    byte[] raw = new byte[random.nextInt(1, 20_000)];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) ("abc".charAt(random.nextInt(3)) + (random.nextInt(50) == 0 ? i : 0));
    }
    return raw;
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void runsNativelyWhereItsModuleMayLoadCode() {
    assertTrue(Compression.isNative());
  }

  @Test
  void safeJavaReadsWhatWasWrittenAndTheOtherWayRound() {
    LZ4Factory safe = LZ4Factory.safeInstance();
    for (int i = 0; i < 200; i++) {
      byte[] raw = text();
      byte[] stored = new byte[Compression.maxCompressedLength(raw.length)];
      int length = Compression.compress(raw, 0, raw.length, stored, 0);
      byte[] back = new byte[raw.length];
      assertEquals(raw.length, safe.safeDecompressor().decompress(stored, 0, length, back, 0));
      assertArrayEquals(raw, back);
      byte[] byJava = safe.fastCompressor().compress(raw);
      Arrays.fill(back, (byte) 0);
      assertTrue(Compression.decompress(Compression.LZ4, byJava, 0, byJava.length, back));
      assertArrayEquals(raw, back);
    }
  }

  @Test
  void blockOfAnotherLengthIsRefused() {
    byte[] raw = text();
    byte[] stored = new byte[Compression.maxCompressedLength(raw.length)];
    int length = Compression.compress(raw, 0, raw.length, stored, 0);
    assertFalse(
        Compression.decompress(Compression.LZ4, stored, 0, length, new byte[raw.length + 1]));
    assertFalse(
        Compression.decompress(Compression.LZ4, stored, 0, length - 1, new byte[raw.length]));
  }
}
