using ResNetMl.Cli.Shell;

using var interruption = new Interruption(Console.Error);
return await ResNetMlApp.RunAsync(args, SystemTerminal.Create, interruption.Token);
