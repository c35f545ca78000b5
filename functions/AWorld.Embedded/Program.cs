return await AWorld.Embedded.Cli.CommandLine.Run(args);
