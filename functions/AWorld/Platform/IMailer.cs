namespace AWorld.Platform;

/// <param name="To">One e-mail address.</param>
/// <param name="Text">Plain text.</param>
public sealed record Mail(string To, string Subject, string Text);

/// <summary>Hands mail to whatever delivers it. Throws when that cannot be reached; a call that returns has handed it over.</summary>
public interface IMailer
{
    Task Send(Mail mail, CancellationToken stop);
}
