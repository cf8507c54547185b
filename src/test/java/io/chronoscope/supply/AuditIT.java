package io.chronoscope.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.supply.Sbom.Component;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Compares the bill of materials with known holes: with the list of those that were looked up, and
/// with a whole database where `CHRONOSCOPE_ADVISORIES` names one.
class AuditIT {

  private static final Path CHECKED = Path.of("src/test/resources/advisories/checked.tsv");

  @Test
  void noLibraryHasAHoleThatWasLookedUp() throws IOException {
    List<Advisory> advisories = Advisory.checked(CHECKED);

    assertThat(advisories).hasSizeGreaterThan(30);
    assertThat(holes(advisories)).isEmpty();
  }

  @Test
  void noLibraryHasAHoleInTheDatabase() throws IOException {
    String database = System.getenv("CHRONOSCOPE_ADVISORIES");
    if (database == null) {
      System.out.println(
          "audit: no database of advisories (CHRONOSCOPE_ADVISORIES), only the list in " + CHECKED);
      return;
    }
    assertThat(Path.of(database)).as("CHRONOSCOPE_ADVISORIES").matches(Files::exists, "exists");
    List<Advisory> advisories = new ArrayList<>();
    Advisory.database(Path.of(database), advisories::add);

    assertThat(advisories).as("advisories in " + database).isNotEmpty();
    System.out.printf("audit: %d advisories of %s%n", advisories.size(), database);
    assertThat(holes(advisories)).isEmpty();
  }

  private static List<String> holes(List<Advisory> advisories) throws IOException {
    List<String> found = new ArrayList<>();
    for (Component component : Sbom.read(Sbom.FILE).components()) {
      for (Advisory advisory : advisories) {
        if (advisory.concerns(component)) {
          found.add("%s: %s, %s".formatted(component, advisory.id(), advisory.summary()));
        }
      }
    }
    return found;
  }
}
