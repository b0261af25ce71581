package tonearm.cli;

@picocli.CommandLine.Command(name = "xEvaluate")
final class EvaluateCommand {}
