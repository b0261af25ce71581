package tonearm.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tonearm.provenance.Build;
import tonearm.provenance.Machine;

@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Tells which Tonearm this is, on which Java and processor.",
    footerHeading = "%nExample:%n",
    footer = "  tonearm version")
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  VersionCommand() {}

  @Override
  public Integer call() {
    for (String line : new Provider().getVersion()) {
      spec.commandLine().getOut().println(line);
    }
    return Tonearm.OK;
  }

  /** The same words for {@code --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      Machine machine = Machine.current();
      return new String[] {
        "tonearm " + Build.current().version(),
        "Java " + System.getProperty("java.version") + ", " + System.getProperty("java.vendor"),
        "%s, %s, %d cores%s"
            .formatted(
                machine.os(),
                machine.cpu(),
                machine.cores(),
                machine.hasBf16() ? ", computes bf16 natively" : "")
      };
    }
  }
}
