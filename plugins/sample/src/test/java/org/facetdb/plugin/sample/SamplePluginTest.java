package org.facetdb.plugin.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.facetdb.spi.Contribution;
import org.facetdb.spi.Plugin;
import org.facetdb.testkit.TestContext;
import org.junit.jupiter.api.Test;

class SamplePluginTest {
  @Test
  void theModuleProvidesThePlugin() {
    assertEquals(
        List.of(SamplePlugin.class.getName()),
        SamplePlugin.class.getModule().getDescriptor().provides().stream()
            .filter(service -> service.service().equals(Plugin.class.getName()))
            .flatMap(service -> service.providers().stream())
            .toList());
  }

  @Test
  void functionsAndIndexMethodAreListed() {
    assertEquals(
        List.of("haversine_km", "slugify", "trigram"),
        new SamplePlugin()
            .contributions(new TestContext("sample", "0.1.0")).stream()
                .map(Contribution::name)
                .toList());
  }

  @Test
  void slugsAreLowerCaseWordsJoinedByDashes() {
    assertEquals("cafe-au-lait", SampleFunctions.slugify("  Café au Lait! "));
    assertEquals("a-1", SampleFunctions.slugify("a --- 1"));
    assertEquals("", SampleFunctions.slugify("?!"));
  }

  @Test
  void distancesAreThoseOnTheSphere() {
    assertEquals(0, SampleFunctions.haversineKm(10, 20, 10, 20));
    assertEquals(Math.PI * 6371.0088, SampleFunctions.haversineKm(0, 0, 0, 180), 1e-6);
    assertEquals(877.5, SampleFunctions.haversineKm(52.52, 13.405, 48.8566, 2.3522), 1.0);
  }
}
