using AWorld.Embedded;

await EmbeddedHost.Build(new()).RunAsync();
