package org.facetdb.fts;

import java.text.BreakIterator;
import java.text.CharacterIterator;
import java.util.Locale;

/**
 * Sentences, and of one that is too long, as a text without full stops or capitals is, what lies
 * around the place that is asked for, cut between words. Not thread-safe.
 */
final class BoundedSentences extends BreakIterator {
  private static final int CHARS_BEFORE_MAX = 100;
  private static final int CHARS_AFTER_MAX = 300;

  private final BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
  private final BreakIterator words = BreakIterator.getWordInstance(Locale.ROOT);
  private int end;

  /** Where the sentence with the character before a place begins, or not far before the place. */
  @Override
  public int preceding(int offset) {
    int sentence = sentences.preceding(offset);
    int far = offset - CHARS_BEFORE_MAX;
    if (sentence >= far || far <= 0) {
      return sentence;
    }
    int word = words.following(far);
    return word == DONE || word >= offset ? far : word;
  }

  /** Where the sentence with the character at a place ends, or not far behind the place. */
  @Override
  public int following(int offset) {
    int sentence = sentences.following(offset);
    int far = offset + CHARS_AFTER_MAX;
    if (sentence == DONE || sentence <= far || far >= end) {
      return sentence;
    }
    int word = words.preceding(far);
    return word == DONE || word <= offset ? far : word;
  }

  @Override
  public void setText(CharacterIterator text) {
    sentences.setText(text);
    words.setText((CharacterIterator) text.clone());
    end = text.getEndIndex();
  }

  @Override
  public CharacterIterator getText() {
    return sentences.getText();
  }

  @Override
  public int first() {
    return sentences.first();
  }

  @Override
  public int last() {
    return sentences.last();
  }

  @Override
  public int next(int count) {
    return sentences.next(count);
  }

  @Override
  public int next() {
    return sentences.next();
  }

  @Override
  public int previous() {
    return sentences.previous();
  }

  @Override
  public int current() {
    return sentences.current();
  }
}
