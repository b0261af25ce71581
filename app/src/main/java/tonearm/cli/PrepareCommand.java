package tonearm.cli;

@picocli.CommandLine.Command(name = "xPrepare")
final class PrepareCommand {}
