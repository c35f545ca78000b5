namespace AWorld.Platform.Ranks;

/// <summary>
/// The slots of a <see cref="MemberTable"/> in rank order: a list of sorted blocks of up to 512 slots, and a Fenwick
/// tree over the blocks' sizes for positions. Only splitting or joining blocks, once in hundreds of updates, costs
/// time proportional to the number of blocks.
/// </summary>
sealed class OrderedSlots(MemberTable members)
{
    const int BlockSize = 512;

    sealed class Block
    {
        public readonly int[] Slots = new int[BlockSize];
        public int Count;
    }

    readonly List<Block> blocks = [];
    int[] sums = [0];

    public int Count { get; private set; }

    public void Insert(int slot)
    {
        if (blocks.Count == 0)
        {
            blocks.Add(new());
            Sum();
        }
        var (at, within) = PositionOf(slot);
        var block = blocks[at];
        if (block.Count == BlockSize)
        {
            Split(at);
            (at, within) = within > block.Count ? (at + 1, within - block.Count) : (at, within);
            block = blocks[at];
        }
        Array.Copy(block.Slots, within, block.Slots, within + 1, block.Count - within);
        block.Slots[within] = slot;
        Grow(at, 1);
    }

    /// <summary>The slot's member must still have the key that it was inserted with.</summary>
    public void Remove(int slot)
    {
        var (at, within) = PositionOf(slot);
        var block = blocks[at];
        if (within == block.Count || block.Slots[within] != slot)
        {
            throw new InvalidOperationException("the slot is not where its key says");
        }
        Array.Copy(block.Slots, within + 1, block.Slots, within, block.Count - within - 1);
        Grow(at, -1);
        if (block.Count < BlockSize / 4)
        {
            Join(at);
        }
    }

    /// <summary>How many members have a higher score.</summary>
    public int CountAbove(decimal score)
    {
        var (low, high) = (0, blocks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = members[blocks[middle].Slots[0]].Score > score ? (middle + 1, high) : (low, middle);
        }
        if (low == 0)
        {
            return 0;
        }
        var block = blocks[low - 1];
        var (first, end) = (0, block.Count);
        while (first < end)
        {
            var middle = (first + end) / 2;
            (first, end) = members[block.Slots[middle]].Score > score ? (middle + 1, end) : (first, middle);
        }
        return SumBefore(low - 1) + first;
    }

    /// <summary>Up to <paramref name="limit"/> slots in order, after skipping <paramref name="offset"/>.</summary>
    public IEnumerable<int> From(int offset, int limit)
    {
        if (offset >= Count)
        {
            yield break;
        }
        var (at, within) = Locate(offset);
        for (var left = Math.Min(limit, Count - offset); left > 0; left--)
        {
            if (within == blocks[at].Count)
            {
                (at, within) = (at + 1, 0);
            }
            yield return blocks[at].Slots[within++];
        }
    }

    /// <summary>Takes in every member of the table that is ranked at once.</summary>
    public void Rebuild(Func<int, bool> isRanked)
    {
        var slots = new List<int>(members.Used);
        for (var slot = 0; slot < members.Used; slot++)
        {
            if (!members.IsErased(slot) && isRanked(slot))
            {
                slots.Add(slot);
            }
        }
        slots.Sort(members.Compare);
        blocks.Clear();
        foreach (var part in slots.Chunk(BlockSize * 3 / 4))
        {
            var block = new Block { Count = part.Length };
            part.CopyTo(block.Slots, 0);
            blocks.Add(block);
        }
        Count = slots.Count;
        Sum();
    }

    /// <summary>The block and the place in it where the slot is or belongs.</summary>
    (int Block, int Within) PositionOf(int slot)
    {
        var (low, high) = (0, blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = members.Compare(blocks[middle].Slots[0], slot) <= 0 ? (middle, high) : (low, middle - 1);
        }
        var block = blocks[low];
        var (first, end) = (0, block.Count);
        while (first < end)
        {
            var middle = (first + end) / 2;
            (first, end) = members.Compare(block.Slots[middle], slot) < 0 ? (middle + 1, end) : (first, middle);
        }
        return (low, first);
    }

    void Split(int at)
    {
        var (block, half) = (blocks[at], new Block { Count = BlockSize / 2 });
        Array.Copy(block.Slots, BlockSize / 2, half.Slots, 0, BlockSize / 2);
        block.Count = BlockSize / 2;
        blocks.Insert(at + 1, half);
        Sum();
    }

    /// <summary>Moves a block's few slots to a neighbour that has room for them.</summary>
    void Join(int at)
    {
        var block = blocks[at];
        if (at > 0 && blocks[at - 1].Count + block.Count <= BlockSize * 3 / 4)
        {
            (at, block) = (at - 1, blocks[at - 1]);
        }
        else if (at + 1 == blocks.Count || blocks[at + 1].Count + block.Count > BlockSize * 3 / 4)
        {
            if (block.Count == 0)
            {
                blocks.RemoveAt(at);
                Sum();
            }
            return;
        }
        var next = blocks[at + 1];
        Array.Copy(next.Slots, 0, block.Slots, block.Count, next.Count);
        block.Count += next.Count;
        blocks.RemoveAt(at + 1);
        Sum();
    }

    void Grow(int at, int by)
    {
        blocks[at].Count += by;
        Count += by;
        for (var i = at + 1; i < sums.Length; i += i & -i)
        {
            sums[i] += by;
        }
    }

    void Sum()
    {
        sums = sums.Length == blocks.Count + 1 ? sums : new int[blocks.Count + 1];
        for (var i = 1; i < sums.Length; i++)
        {
            sums[i] = blocks[i - 1].Count;
        }
        for (var i = 1; i < sums.Length; i++)
        {
            var parent = i + (i & -i);
            if (parent < sums.Length)
            {
                sums[parent] += sums[i];
            }
        }
    }

    int SumBefore(int block)
    {
        var sum = 0;
        for (var i = block; i > 0; i -= i & -i)
        {
            sum += sums[i];
        }
        return sum;
    }

    (int Block, int Within) Locate(int position)
    {
        var at = 0;
        for (var step = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)sums.Length); step > 0; step >>= 1)
        {
            if (at + step < sums.Length && sums[at + step] <= position)
            {
                at += step;
                position -= sums[at];
            }
        }
        return (at, position);
    }
}
