using ResNetMl.Engine.Managed;

namespace ResNetMl.Engine.Tests.Managed;

/// <summary>How a plan's memory is shared by what is needed at different times.</summary>
public sealed class SlotPlannerTests
{
    [Fact]
    public void Slots_needed_at_the_same_time_lie_apart()
    {
        var random = new Random(1);
        var slots = new List<Slot>();
        for (int i = 0; i < 100; i++)
        {
            var slot = new Slot(random.Next(1, 10_000));
            int first = random.Next(50);
            slot.UsedBy(first);
            slot.UsedBy(first + random.Next(10));
            slots.Add(slot);
        }

        (long[] offsets, long length) = SlotPlanner.Place(slots);

        for (int i = 0; i < slots.Count; i++)
        {
            Assert.InRange(offsets[i] + slots[i].Length, 0, length);
            for (int j = 0; j < i; j++)
            {
                bool apart = offsets[i] + slots[i].Length <= offsets[j] || offsets[j] + slots[j].Length <= offsets[i];
                Assert.True(apart || !slots[i].Overlaps(slots[j]), $"Slots {i} and {j} share memory at the same time.");
            }
        }
    }

    [Fact]
    public void A_chain_of_values_takes_the_memory_of_two()
    {
        var slots = new List<Slot>();
        for (int i = 0; i < 20; i++)
        {
            var slot = new Slot(4096);
            slot.UsedBy(i);
            slot.UsedBy(i + 1);
            slots.Add(slot);
        }

        Assert.Equal(2 * 4096, SlotPlanner.Place(slots).Length);
    }
}
