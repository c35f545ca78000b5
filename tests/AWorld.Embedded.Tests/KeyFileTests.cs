using System.Text;
using AWorld.Embedded.Cli;

namespace AWorld.Embedded.Tests;

public sealed class KeyFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("aworld-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Those_who_make_the_key_at_once_have_the_same()
    {
        for (var round = 0; round < 20; round++)
        {
            var data = Directory.CreateDirectory(Path.Combine(folder, $"{round}")).FullName;
            KeyFile[] files = [.. Enumerable.Range(0, 8).Select(_ => new KeyFile(data))];
            using var together = new Barrier(files.Length);
            var closed = await Task.WhenAll(files.Select(file => Task.Factory.StartNew(() =>
            {
                together.SignalAndWait(TestContext.Current.CancellationToken);
                return file.Protect("name", "secret"u8);
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            foreach (var file in files)
            {
                closed.Select(secret => Encoding.UTF8.GetString(file.Unprotect("name", secret) ?? [])).ShouldAllBe(opened => opened == "secret");
            }
            Directory.GetFiles(data).ShouldBe([Path.Combine(data, KeyFile.FileName)]);
        }
    }

    [Fact]
    public void A_key_that_cannot_get_its_name_leaves_nothing_behind()
    {
        Directory.CreateDirectory(Path.Combine(folder, KeyFile.FileName));
        Should.Throw<IOException>(() => new KeyFile(folder).Protect("name", "secret"u8));
        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_damaged_key_is_told_of_and_used_once_it_is_put_back()
    {
        var closed = new KeyFile(folder).Protect("name", "secret"u8);
        var path = Path.Combine(folder, KeyFile.FileName);
        var key = File.ReadAllBytes(path);
        File.WriteAllBytes(path, key[..20]);
        var again = new KeyFile(folder);
        Should.Throw<CommandException>(() => again.Unprotect("name", closed)).Message.ShouldContain("put back the copy");
        File.WriteAllBytes(path, key);
        again.Unprotect("name", closed).ShouldBe("secret"u8.ToArray());
    }
}
