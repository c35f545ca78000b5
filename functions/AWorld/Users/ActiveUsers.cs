using System.Security.Cryptography;
using System.Text;
using AWorld.Platform;

namespace AWorld.Users;

/// <summary>
/// Users known to exist and to be active, as hashes, for a host that makes all changes itself. Who is removed while
/// being looked up is not added: hand what <see cref="Contains"/> gave before looking up to <see cref="Add"/>.
/// </summary>
sealed class ActiveUsers(int capacity)
{
    const int Stripes = 4096;

    readonly Lock gate = new();
    readonly byte[] salt = RandomNumberGenerator.GetBytes(16);
    readonly int[] removals = new int[Stripes];
    HashSet<ulong> known = [], before = [];

    /// <summary>What a user is known by. Salted, so that nobody can look for an id that is taken for another's.</summary>
    public ulong KeyOf(Tenant tenant, string userId)
    {
        Span<byte> text = stackalloc byte[512];
        salt.CopyTo(text);
        var length = salt.Length;
        foreach (var part in (ReadOnlySpan<string>)[tenant.AccountId, tenant.WorkspaceId, userId])
        {
            length += Encoding.UTF8.GetBytes(part, text[length..]);
            text[length++] = 0;
        }
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], digest);
        return BitConverter.ToUInt64(digest);
    }

    public bool Contains(ulong user, out int removed)
    {
        lock (gate)
        {
            removed = removals[user % Stripes];
            return known.Contains(user) || before.Contains(user);
        }
    }

    public void Add(ulong user, int removed)
    {
        lock (gate)
        {
            if (removals[user % Stripes] != removed || capacity == 0)
            {
                return;
            }
            if (known.Count >= capacity / 2)
            {
                (before, known) = (known, before);
                known.Clear();
            }
            known.Add(user);
        }
    }

    public void Remove(ulong user)
    {
        lock (gate)
        {
            removals[user % Stripes]++;
            known.Remove(user);
            before.Remove(user);
        }
    }
}
