package org.facetdb.fts;

import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.bg.BulgarianAnalyzer;
import org.apache.lucene.analysis.bn.BengaliAnalyzer;
import org.apache.lucene.analysis.br.BrazilianAnalyzer;
import org.apache.lucene.analysis.ca.CatalanAnalyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.ckb.SoraniAnalyzer;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.SimpleAnalyzer;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.el.GreekAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.et.EstonianAnalyzer;
import org.apache.lucene.analysis.eu.BasqueAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.ga.IrishAnalyzer;
import org.apache.lucene.analysis.gl.GalicianAnalyzer;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.hy.ArmenianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.lt.LithuanianAnalyzer;
import org.apache.lucene.analysis.lv.LatvianAnalyzer;
import org.apache.lucene.analysis.miscellaneous.TruncateTokenFilter;
import org.apache.lucene.analysis.ne.NepaliAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.sr.SerbianAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.ta.TamilAnalyzer;
import org.apache.lucene.analysis.te.TeluguAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;

/** The analyzers that option {@code analyzer} names. Immutable and thread-safe. */
final class Analyzers {
  private static final SortedMap<String, Supplier<Analyzer>> BY_NAME = byName();

  private Analyzers() {}

  /** In alphabetical order. */
  static Set<String> names() {
    return BY_NAME.keySet();
  }

  /** A new analyzer, which the caller closes. */
  static Analyzer create(String name) {
    return Objects.requireNonNull(BY_NAME.get(name)).get();
  }

  private static SortedMap<String, Supplier<Analyzer>> byName() {
    SortedMap<String, Supplier<Analyzer>> map = new TreeMap<>();
    map.put("arabic", ArabicAnalyzer::new);
    map.put("armenian", ArmenianAnalyzer::new);
    map.put("basque", BasqueAnalyzer::new);
    map.put("bengali", BengaliAnalyzer::new);
    map.put("brazilian", BrazilianAnalyzer::new);
    map.put("bulgarian", BulgarianAnalyzer::new);
    map.put("catalan", CatalanAnalyzer::new);
    map.put("cjk", CJKAnalyzer::new);
    map.put("czech", CzechAnalyzer::new);
    map.put("danish", DanishAnalyzer::new);
    map.put("dutch", DutchAnalyzer::new);
    map.put("english", EnglishAnalyzer::new);
    map.put("estonian", EstonianAnalyzer::new);
    map.put("finnish", FinnishAnalyzer::new);
    map.put("french", FrenchAnalyzer::new);
    map.put("galician", GalicianAnalyzer::new);
    map.put("german", GermanAnalyzer::new);
    map.put("greek", GreekAnalyzer::new);
    map.put("hindi", HindiAnalyzer::new);
    map.put("hungarian", HungarianAnalyzer::new);
    map.put("indonesian", IndonesianAnalyzer::new);
    map.put("irish", IrishAnalyzer::new);
    map.put("italian", ItalianAnalyzer::new);
    map.put("keyword", WholeValueAnalyzer::new);
    map.put("latvian", LatvianAnalyzer::new);
    map.put("lithuanian", LithuanianAnalyzer::new);
    map.put("nepali", NepaliAnalyzer::new);
    map.put("norwegian", NorwegianAnalyzer::new);
    map.put("persian", PersianAnalyzer::new);
    map.put("portuguese", PortugueseAnalyzer::new);
    map.put("romanian", RomanianAnalyzer::new);
    map.put("russian", RussianAnalyzer::new);
    map.put("serbian", SerbianAnalyzer::new);
    map.put("simple", SimpleAnalyzer::new);
    map.put("sorani", SoraniAnalyzer::new);
    map.put("spanish", SpanishAnalyzer::new);
    map.put("standard", StandardAnalyzer::new);
    map.put("swedish", SwedishAnalyzer::new);
    map.put("tamil", TamilAnalyzer::new);
    map.put("telugu", TeluguAnalyzer::new);
    map.put("turkish", TurkishAnalyzer::new);
    map.put("whitespace", WhitespaceAnalyzer::new);
    return Collections.unmodifiableSortedMap(map);
  }

  /** A value is one term. Lucene takes terms of up to 32,766 bytes, so longer ones are cut. */
  private static final class WholeValueAnalyzer extends Analyzer {
    private static final int CODE_POINTS_MAX = 8191;

    @Override
    protected TokenStreamComponents createComponents(String fieldName) {
      KeywordTokenizer value = new KeywordTokenizer();
      return new TokenStreamComponents(
          value, TruncateTokenFilter.truncateAfterCodePoints(value, CODE_POINTS_MAX));
    }
  }
}
