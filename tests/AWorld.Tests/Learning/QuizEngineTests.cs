using AWorld.Game;
using AWorld.Learning;
using AWorld.Platform;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Learning;

/// <summary>Quizzes among the other actions, in the pure engine.</summary>
public sealed class QuizEngineTests
{
    [Fact]
    public void Quizzes_and_activities_count_together_by_their_tags()
    {
        var player = Tagged();
        player.Does("walk");
        player.Mission("both").Current.ShouldBe(1);
        player.Answers("which", QuizOption.Opt1).MissionLogs.Single().Completed.ShouldBeTrue();
        player.Answers("other", QuizOption.Opt1).MissionLogs.ShouldBeEmpty();
    }

    [Fact]
    public void Taking_an_activity_back_counts_the_quizzes_that_are_left()
    {
        var player = Tagged();
        var walk = player.Does("walk");
        player.Answers("which", QuizOption.Opt2);
        player.Retracts(walk).Retracted!.Missions.Single().Uncompleted.ShouldBeTrue();
        player.Mission("both").Current.ShouldBe(1);

        walk = player.Does("walk");
        player.Mission("both").CompletedAt.ShouldNotBeNull();
        player.Answers("which", QuizOption.Opt2, context: "once more");
        player.Retracts(walk).Retracted!.Kept.Single().Because.ShouldBe(KeptBecause.StillCompleted);
        player.Mission("both").Current.ShouldBe(2);
    }

    [Fact]
    public void Taking_an_answer_back_undoes_the_completion_that_rests_on_it_and_the_user_s_sums()
    {
        var player = Tagged();
        player.Does("walk");
        var answer = player.Answers("which", QuizOption.Opt2);
        (player.State.Quizzes, player.State.QuizzesRight, player.State.Activities).ShouldBe((1, 1, 1));
        var back = player.Retracts(answer);
        back.Retracted.ShouldNotBeNull().ShouldSatisfyAllConditions(
            taken => taken.Missions.Single().Uncompleted.ShouldBeTrue(), taken => taken.ActivityLogId.ShouldBeNull(), taken => taken.Quiz.ShouldBe(new(answer.Quiz!.QuizLogId, QuizOutcome.Success)));
        (player.State.Quizzes, player.State.QuizzesRight, player.State.Activities).ShouldBe((0, 0, 1));
        player.Mission("both").ShouldSatisfyAllConditions(mission => mission.Current.ShouldBe(1), mission => mission.CompletedAt.ShouldBeNull());
    }

    [Fact]
    public void An_answer_that_comes_late_counts_in_the_period_it_was_given_in()
    {
        var player = new Player(Configure(Quiz("which"), Mission("daily", entity: EntityType.Quiz), Rule("r1", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily, pool: ["daily"])));
        player.Looks();
        var yesterday = player.State.Missions.Single().MissionId;
        player.Now = player.Now.AddDays(1);
        player.Looks();
        player.Answers("which", QuizOption.Opt2, at: player.Now.AddDays(-1)).MissionLogs.Single().MissionId.ShouldBe(yesterday);
        player.Answers("which", QuizOption.Opt2, context: "b").MissionLogs.Single().MissionId.ShouldNotBe(yesterday);
    }

    static Player Tagged()
    {
        var player = new Player(Configure(Activity("walk", "green"), Quiz("which", "green"), Quiz("other"),
            Mission("both", target: "2", match: MatchKind.Tag, entity: EntityType.Tag, entityId: "green"), Rule("r1", pool: ["both"])));
        player.Looks();
        return player;
    }
}
