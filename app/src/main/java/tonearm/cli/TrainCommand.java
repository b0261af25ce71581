package tonearm.cli;

@picocli.CommandLine.Command(name = "xTrain")
final class TrainCommand {}
