using System.Security.Cryptography;
using System.Text;
using AWorld.Platform.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Integrations;

/// <summary>
/// Lets handlings of a queue's messages die by an exception, and their messages come again. The fate of a message is in
/// its id, so it is the same in every run. Once dead, a handling commits and settles nothing more.
/// </summary>
/// <param name="oneIn">Of so many deliveries one dies.</param>
sealed class DyingHandlings(int seed, int oneIn)
{
    readonly (int Seed, int OneIn) chance = (seed, oneIn);

    /// <summary>Of most handlings: the event's claim, what it does to the user, the log.</summary>
    const int Commits = 3;

    readonly AsyncLocal<Life?> current = new();
    readonly int[] deaths = new int[3];

    /// <summary>How many died before their first commit, between commits, and when only the completion of the message was left, or had been done.</summary>
    public (int Before, int Between, int After) Deaths => (deaths[0], deaths[1], deaths[2]);

    /// <param name="commits">How many it may make; more than <see cref="Commits"/>: it settles its message too, and dies then.</param>
    sealed class Life(int commits)
    {
        public int Made;
        public bool IsDead, IsOver;
        public bool MayCommit => !IsDead && Made < commits;
        public bool MaySettle => !IsDead && commits > Commits;
    }

    sealed class Died() : Exception("the handling died");

    public void Around(IServiceCollection services, string queue)
    {
        var before = services.First(one => one.ImplementationInstance is MessageHandlerRegistration handler && handler.Entity == queue);
        var handler = (MessageHandlerRegistration)before.ImplementationInstance!;
        services.Remove(before);
        services.AddSingleton(handler with { Make = provider => new Handler(this, handler.Make(provider)) });
    }

    /// <summary>Asked before a commit: whether a dead handling would make it, which it must not.</summary>
    public bool Forbids()
    {
        if (current.Value is not { IsOver: false } life)
        {
            return false;
        }
        if (life.MayCommit)
        {
            life.Made++;
            return false;
        }
        Die(life, life.Made == 0 ? 0 : 1);
        return true;
    }

    Died Die(Life life, int phase)
    {
        if (!life.IsDead)
        {
            life.IsDead = true;
            Interlocked.Increment(ref deaths[phase]);
        }
        return new();
    }

    sealed class Handler(DyingHandlings all, IMessageHandler inner) : IMessageHandler
    {
        public async Task Handle(ReceivedMessage message, MessageSettlement settlement, CancellationToken stop)
        {
            var fate = new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{all.chance.Seed} {message.Message.MessageId} {message.DeliveryCount}"))));
            if (fate.Next(all.chance.OneIn) != 0)
            {
                await inner.Handle(message, settlement, stop);
                return;
            }
            var life = all.current.Value = new(fate.Next(Commits + 2));
            try
            {
                await inner.Handle(message, new Settlement(all, life, settlement), stop);
            }
            finally
            {
                // Whom it made write for others as well goes on.
                life.IsOver = true;
            }
        }
    }

    sealed class Settlement(DyingHandlings all, Life life, MessageSettlement inner) : MessageSettlement
    {
        public override Task Complete(CancellationToken stop) => Settle(() => inner.Complete(stop));
        public override Task Abandon(CancellationToken stop) => Settle(() => inner.Abandon(stop));
        public override Task DeadLetter(string reason, string description, CancellationToken stop) => Settle(() => inner.DeadLetter(reason, description, stop));
        public override Task Renew(CancellationToken stop) => inner.Renew(stop);

        async Task Settle(Func<Task> settle)
        {
            if (life.MaySettle)
            {
                await settle();
            }
            throw all.Die(life, 2);
        }
    }
}
