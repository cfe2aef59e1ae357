package org.facetdb.storage.side;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;

/**
 * The side files of one moment under second names, so that their owners may delete them while they
 * are copied. Used by one thread; owns the second names and deletes them when it is closed.
 */
public final class SideHold implements AutoCloseable {
  private final FileSystem files;
  private final String directory;
  private final List<String> directories = new ArrayList<>();
  private final SortedMap<String, String> held = new TreeMap<>();

  /**
   * @param directory for the second names, made here
   */
  SideHold(FileSystem files, String root, String directory) {
    this.files = files;
    this.directory = directory;
    if (files.list(root).isEmpty()) {
      return;
    }
    files.createDirectories(directory);
    try {
      hold(root);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private void hold(String parent) {
    for (String name : files.list(parent)) {
      String path = parent + "/" + name;
      if (name.startsWith(StoreSideFiles.HIDDEN)) {
        continue;
      }
      if (files.isDirectory(path)) {
        directories.add(path);
        hold(path);
      } else {
        String second = directory + "/" + held.size();
        files.link(path, second);
        held.put(path, second);
      }
    }
  }

  /** Deletes second names. */
  static void delete(FileSystem files, String directory) {
    files.list(directory).forEach(name -> files.delete(directory + "/" + name));
    files.deleteDirectory(directory);
  }

  /** Names of the directories in the store, parents first. */
  public List<String> directories() {
    return directories;
  }

  /** By each file's name in the store, the name under which it stays. */
  public SortedMap<String, String> files() {
    return held;
  }

  @Override
  public void close() {
    try {
      delete(files, directory);
    } catch (StorageException e) {
      // The next open deletes what is left.
      System.getLogger(SideHold.class.getName())
          .log(System.Logger.Level.WARNING, "second names of side files stay: " + e.getMessage());
    }
  }
}
