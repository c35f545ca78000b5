using System.Globalization;
using System.Text;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>Writes every mail as an .eml file into a folder, for a person or a program on this machine to read.</summary>
public sealed class MailFolder(string folder, Ids ids, TimeProvider clock, IOptions<IdentityOptions> identity, ILogger<MailFolder> log) : IMailer
{
    const int MostFiles = 1000;

    public string Folder { get; } = Path.GetFullPath(folder);

    public async Task Send(Mail mail, CancellationToken stop)
    {
        Directory.CreateDirectory(Folder);
        var now = clock.GetUtcNow();
        var id = ids.New();
        var file = Path.Combine(Folder, $"{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture)}-{id}.eml");
        await File.WriteAllTextAsync($"{file}.part", Format(mail, now, id), stop);
        File.Move($"{file}.part", file);
        log.LogInformation("mail for {To}: {File}", mail.To, file);
        foreach (var old in Directory.EnumerateFiles(Folder, "*.eml").Order(StringComparer.Ordinal).SkipLast(MostFiles))
        {
            File.Delete(old);
        }
    }

    /// <summary>RFC 5322 with the text in base64, so that neither line lengths nor characters matter.</summary>
    string Format(Mail mail, DateTimeOffset now, string id) => string.Join("\r\n",
    [
        $"From: AWorld <{identity.Value.MailFrom}>",
        $"To: <{string.Concat(mail.To.Where(c => !char.IsControl(c)))}>",
        $"Subject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(mail.Subject))}?=",
        $"Date: {now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)}",
        $"Message-ID: <{id}@aworld.local>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        Convert.ToBase64String(Encoding.UTF8.GetBytes(mail.Text), Base64FormattingOptions.InsertLineBreaks),
        "",
    ]);
}
