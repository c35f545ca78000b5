using AWorld.Embedded.Workflows;

namespace AWorld.Tests;

static class WorkflowTime
{
    /// <summary>Moves a fake clock on, and lets workflows do at each of their times what they do then.</summary>
    public static async Task Pass(this WorkflowEngine engine, FakeClock clock, TimeSpan time)
    {
        var end = clock.GetUtcNow() + time;
        while (true)
        {
            await engine.Idle();
            if (engine.Timers.Next is not { } next || next > end)
            {
                break;
            }
            clock.SetUtcNow(next > clock.GetUtcNow() ? next : clock.GetUtcNow());
        }
        clock.SetUtcNow(end);
        await engine.Idle();
    }
}
