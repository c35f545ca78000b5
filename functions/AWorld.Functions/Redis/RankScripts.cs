namespace AWorld.Functions.Redis;

/// <summary>
/// The keys of a board: its members with their records (<see cref="Scored"/>), the sorted set of those that are ranked,
/// and its state: the phase (filling, complete), and how many the other two keys hold, so that what was lost of them
/// is noticed. Without a phase nothing is known.
/// </summary>
static class RankScripts
{
    const string IsWhole = """
        local state = redis.call('HMGET', KEYS[3], 'phase', 'members', 'ranked')
        local whole = state[1] == 'complete' and redis.call('HLEN', KEYS[1]) == tonumber(state[2]) and redis.call('ZCARD', KEYS[2]) == tonumber(state[3])

        """;

    /// <summary>id. Answers the number of those ranked, and the member's rank and score where it is.</summary>
    public const string Find = IsWhole + """
        if not whole then
            return false
        end
        local key, score = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '-', '^(%S+) (%S+)')
        if not key or key == '-' then
            return state[3]
        end
        return state[3] .. ' ' .. (redis.call('ZLEXCOUNT', KEYS[2], '-', '(' .. key) + 1) .. ' ' .. score
        """;

    /// <summary>First and last index, id or "". Answers as <see cref="Find"/>, the rank of the first line, and the lines.</summary>
    public const string Page = IsWhole + """
        if not whole then
            return false
        end
        local answer = { state[3] }
        local key, score = string.match(ARGV[3] ~= '' and redis.call('HGET', KEYS[1], ARGV[3]) or '-', '^(%S+) (%S+)')
        if key and key ~= '-' then
            answer[1] = state[3] .. ' ' .. (redis.call('ZLEXCOUNT', KEYS[2], '-', '(' .. key) + 1) .. ' ' .. score
        end
        local lines = redis.call('ZRANGE', KEYS[2], ARGV[1], ARGV[2])
        if lines[1] then
            answer[2] = redis.call('ZLEXCOUNT', KEYS[2], '-', '(' .. string.match(lines[1], '^[^~!]*[~!]')) + 1
        end
        for _, line in ipairs(lines) do
            answer[#answer + 1] = line
        end
        return table.concat(answer, '\n')
        """;

    /// <summary>ids. Answers the phase and their records.</summary>
    public const string Read = """
        local phase = redis.call('HGET', KEYS[3], 'phase')
        if not phase then
            return false
        end
        local records = redis.call('HMGET', KEYS[1], unpack(ARGV))
        for i = 1, #ARGV do
            records[i] = records[i] or ''
        end
        return phase .. '\n' .. table.concat(records, '\n')
        """;

    /// <summary>For each: id, its record before and after, its member of the set before and after; "" is none. Answers those that had another record.</summary>
    public const string Write = """
        if redis.call('HEXISTS', KEYS[3], 'phase') == 0 then
            return false
        end
        local failed = {}
        local members, ranked = 0, 0
        for i = 1, #ARGV, 5 do
            local id, before, after, from, to = unpack(ARGV, i, i + 4)
            if (redis.call('HGET', KEYS[1], id) or '') ~= before then
                failed[#failed + 1] = id
            else
                if after == '' then
                    members = members - redis.call('HDEL', KEYS[1], id)
                else
                    members = members + redis.call('HSET', KEYS[1], id, after)
                end
                if from ~= to then
                    if from ~= '' then
                        ranked = ranked - redis.call('ZREM', KEYS[2], from)
                    end
                    if to ~= '' then
                        ranked = ranked + redis.call('ZADD', KEYS[2], 0, to)
                    end
                end
            end
        end
        redis.call('HINCRBY', KEYS[3], 'members', members)
        redis.call('HINCRBY', KEYS[3], 'ranked', ranked)
        return table.concat(failed, '\n')
        """;

    /// <summary>Who fills, and for how many milliseconds without a sign of life. Answers whether it may.</summary>
    public const string Begin = IsWhole + """
        if whole or state[1] == 'filling' then
            return false
        end
        redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
        redis.call('HSET', KEYS[3], 'phase', 'filling', 'filler', ARGV[1], 'members', 0, 'ranked', 0)
        redis.call('PEXPIRE', KEYS[3], ARGV[2])
        return 'begun'
        """;

    /// <summary>As <see cref="Begin"/>. Answers whether it still may.</summary>
    public const string GoOn = """
        if redis.call('HGET', KEYS[3], 'filler') ~= ARGV[1] then
            return false
        end
        redis.call('PEXPIRE', KEYS[3], ARGV[2])
        return 'filling'
        """;

    /// <summary>Who fills.</summary>
    public const string Complete = """
        if redis.call('HGET', KEYS[3], 'filler') ~= ARGV[1] then
            return false
        end
        redis.call('HSET', KEYS[3], 'phase', 'complete')
        redis.call('HDEL', KEYS[3], 'filler')
        redis.call('PERSIST', KEYS[3])
        return 'complete'
        """;

    public const string Drop = "redis.call('DEL', KEYS[1], KEYS[2], KEYS[3]) return 'dropped'";

    /// <summary>Milliseconds until all is dropped.</summary>
    public const string Expire = """
        for _, key in ipairs(KEYS) do
            redis.call('PEXPIRE', key, ARGV[1])
        end
        return 'expiring'
        """;
}
