using System.Security.Cryptography;
using System.Text;

namespace AWorld.Infra.Components;

/// <summary>A GUID that follows from texts.</summary>
static class DerivedId
{
    public static string Of(params IEnumerable<string> parts) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)))[..16]).ToString();
}
