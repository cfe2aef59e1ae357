package org.facetdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class HelpTest {
  private static String help(int status, String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    assertEquals(status, Main.commandLine().setOut(out).setErr(out).execute(arguments));
    return text.toString();
  }

  @Test
  void helpListsTheCommandsAndExplainsEach() {
    String commands = help(0, "help");
    for (String command : Main.commandLine().getSubcommands().keySet()) {
      assertTrue(commands.contains("\n  " + command + " "), command + " is not in: " + commands);
      assertTrue(help(0, "help", command).contains("Usage: facetdb " + command), command);
    }
    assertTrue(help(0, "plugin", "help", "install").contains("Usage: facetdb plugin install"));
    assertTrue(help(2, "help", "nosuch").contains("nosuch"));
  }
}
