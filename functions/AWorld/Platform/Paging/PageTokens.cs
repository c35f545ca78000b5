using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using AWorld.Authorization;
using Microsoft.AspNetCore.WebUtilities;

namespace AWorld.Platform;

/// <summary>A page of a list, as answered.</summary>
/// <param name="NextToken">Null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextToken);

/// <summary>The page that a request asks for.</summary>
/// <param name="Position">Where the page before it ended, as the list itself put it; null: from the start.</param>
public sealed record PageRequest(int Limit, bool Descending, string? Position);

/// <summary>
/// Makes and reads the nextToken of lists: opaque, and only good for the workspace, the user, the path and the query
/// (its limit aside) that it was made for. The key is made once and kept in the store.
/// </summary>
public sealed class PageTokens(IDocumentStore store)
{
    public const int DefaultLimit = 50;
    public const int MostItems = 100;
    const string KeyId = "page-token-key";
    const int MacBytes = 16;
    const int MostCharacters = 4096;

    sealed record StoredKey(byte[] Key);

    byte[]? key;

    /// <summary>What limit, nextToken, sort and order ask for; a 400 naming the one that is wrong.</summary>
    /// <param name="sorts">The allowed values of sort.</param>
    public async ValueTask<Result<PageRequest>> Read(HttpContext http, int absentLimit = DefaultLimit, int most = MostItems, bool descending = false, params IReadOnlyList<string> sorts)
    {
        var limit = QueryParameters.Limit(http, absentLimit, most);
        var sort = sorts.Count == 0 ? (string?)null : QueryParameters.OneOf(http, "sort", sorts);
        var order = QueryParameters.OneOf(http, "order", "asc", "desc");
        if ((limit.Error ?? sort.Error ?? order.Error) is { } wrong)
        {
            return wrong;
        }
        var position = await Position(http);
        return position.Map(start => new PageRequest(limit.Value, order.Value is { } given ? given == "desc" : descending, start));
    }

    /// <summary>The page with the token for the next one.</summary>
    /// <param name="next">The position of its last item, null when nothing follows.</param>
    public async ValueTask<Page<T>> Page<T>(HttpContext http, IReadOnlyList<T> items, string? next) =>
        new(items, next is null ? null : await Issue(http, next));

    /// <summary>A page of a list that is at hand as a whole.</summary>
    /// <param name="key">Orders the list, and is unique in it.</param>
    public ValueTask<Page<T>> Page<T>(HttpContext http, PageRequest request, IEnumerable<T> all, Func<T, string> key)
    {
        var ordered = request.Descending ? all.OrderByDescending(key, StringComparer.Ordinal) : all.OrderBy(key, StringComparer.Ordinal);
        List<T> items = [.. ordered.Where(item => request.Position is not { } after || string.CompareOrdinal(key(item), after) is var sign && (request.Descending ? sign < 0 : sign > 0)).Take(request.Limit + 1)];
        var more = items.Count > request.Limit;
        var page = more ? items[..request.Limit] : items;
        return Page(http, page, more ? key(page[^1]) : null);
    }

    /// <summary>A page of the documents whose ids start with the prefix, in the order of their ids.</summary>
    public async ValueTask<Page<Document>> Documents(HttpContext http, Partition partition, string prefix, PageRequest request)
    {
        var all = DocumentQuery.Prefix(prefix, request.Descending, request.Limit + 1);
        var rest = request.Position switch
        {
            null => all,
            var last when request.Descending => all with { To = last },
            // The smallest id after it: no character of an id comes before the space.
            var last => all with { From = last + " " },
        };
        var documents = (await store.Query(partition, rest, http.RequestAborted)).Items;
        return documents.Count <= request.Limit
            ? await Page(http, documents, null)
            : await Page(http, [.. documents.Take(request.Limit)], documents[request.Limit - 1].Id);
    }

    public async ValueTask<string> Issue(HttpContext http, string position)
    {
        var text = Encoding.UTF8.GetBytes(position);
        return WebEncoders.Base64UrlEncode([.. Mac(await Key(http.RequestAborted), http, text), .. text]);
    }

    /// <summary>The position in the request's nextToken, null when it has none.</summary>
    public async ValueTask<Result<string?>> Position(HttpContext http)
    {
        var token = QueryParameters.Text(http, "nextToken");
        if (token.Error is not null || token.Value is null)
        {
            return token;
        }
        if (Decode(token.Value) is { Length: > MacBytes } bytes)
        {
            var text = bytes[MacBytes..];
            var expected = Mac(await Key(http.RequestAborted), http, text);
            if (CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, MacBytes), expected))
            {
                return Encoding.UTF8.GetString(text);
            }
        }
        return Error.Invalid("nextToken", "is not a token of this list and query; start again without it");
    }

    static byte[]? Decode(string token)
    {
        try
        {
            var bytes = token.Length <= MostCharacters ? WebEncoders.Base64UrlDecode(token) : [];
            // The last character has bits that are in no byte.
            return WebEncoders.Base64UrlEncode(bytes) == token ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static byte[] Mac(byte[] key, HttpContext http, byte[] text)
    {
        var caller = Caller.Of(http);
        var query = http.Request.Query
            .Where(parameter => parameter.Key is not ("nextToken" or "limit"))
            .OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .Select(parameter => $"{parameter.Key}={string.Join(',', parameter.Value.ToArray())}");
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var part in (string?[])[caller.Tenant.AccountId, caller.Tenant.WorkspaceId, caller.UserId, http.Request.Path.Value, .. query, null])
        {
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            mac.AppendData(BitConverter.GetBytes(bytes.Length));
            mac.AppendData(bytes);
        }
        mac.AppendData(text);
        return mac.GetHashAndReset()[..MacBytes];
    }

    async ValueTask<byte[]> Key(CancellationToken stop)
    {
        if (key is not null)
        {
            return key;
        }
        var partition = Partition.Platform(Partition.PlatformAccount);
        if (await store.Read(partition, KeyId, stop) is null)
        {
            // Of several nodes that start at once one creates it; all read that one.
            await store.Commit(partition, [Write.Create(KeyId, Json.Bytes(new StoredKey(RandomNumberGenerator.GetBytes(32))))], stop);
        }
        var document = await store.Read(partition, KeyId, stop) ?? throw new InvalidOperationException("the page token key is gone");
        return key = Json.Read<StoredKey>(document.Body).Key;
    }
}
