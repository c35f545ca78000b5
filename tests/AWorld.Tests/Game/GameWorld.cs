using System.Text.Json;
using AWorld.Activities;
using AWorld.Badges;
using AWorld.Expressions;
using AWorld.Game;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Users;

namespace AWorld.Tests.Game;

/// <summary>Configurations, users and actions in few words, and the pure engine played on them.</summary>
static class GameWorld
{
    public static readonly Tenant Tenant = new("homeacct01", "workspace1");
    public static readonly DateTimeOffset Now = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Ages = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly Actor Somebody = new("u1", null, null, "test");
    public static readonly GameOptions Options = new();

    public static Expression Logic(string json) => Expression.Parse(json);

    public static Activity Activity(string id, params string[] tags) => new(id) { Id = id, Stage = Stage.Published, DefaultLang = "en", Tags = Tagged(tags), Translations = Label(id) };

    /// <summary>Its right answer is the second of three.</summary>
    public static Quiz Quiz(string id, params string[] tags) => new(Difficulty.Easy, QuizOption.Opt2, Placement.Standalone)
    {
        Id = id, Stage = Stage.Published, DefaultLang = "en", Tags = Tagged(tags), Translations = [new("How many?", "One", "Two", "Three") { Lang = "en" }],
    };

    public static VirtualCurrency Currency(string id, decimal? min = null, decimal? max = null) =>
        new(id, min, max) { Id = id, Stage = Stage.Published, DefaultLang = "en", Translations = Label(id) };

    public static MissionConfiguration Mission(
        string id, string target = "3", string condition = "true", string increment = "1", MatchKind match = MatchKind.Entity, EntityType entity = EntityType.Activity,
        string? entityId = null, MissionType type = MissionType.Individual, params string[] tags) =>
        new(id, type, match, entity, Logic(condition), Logic(increment), Logic(target), entityId) { Id = id, Stage = Stage.Published, DefaultLang = "en", Tags = Tagged(tags), Translations = Label(id) };

    public static MissionRule Rule(
        string id, AssignmentMode mode = AssignmentMode.Lazy, TimeframeType timeframe = TimeframeType.Permanent, Recurrence? recurrence = null, string users = "true",
        string missions = "true", string[]? pool = null, string? group = null, DateTimeOffset? starts = null, DateTimeOffset? ends = null, string? zone = "UTC", string? cron = null) =>
        new(id, group is null ? MissionType.Individual : MissionType.Group, Logic(missions), timeframe,
            zone is null ? TimeframeTimezoneType.User : TimeframeTimezoneType.Fixed, starts ?? Ages, mode,
            group, group is null ? Logic(users) : null, pool, zone, ends ?? (timeframe == TimeframeType.Permanent ? null : Ages.AddYears(100)), recurrence, cron,
            mode == AssignmentMode.Event ? MatchKind.Entity : null, mode == AssignmentMode.Event ? EntityType.Activity : null, null, mode == AssignmentMode.Event ? Logic("true") : null)
        { Id = id, Stage = Stage.Published, DefaultLang = "en", Version = 1, Translations = [new(id) { Lang = "en" }] };

    public static RewardRule Pays(
        string id, string amount, string currency = "points", string condition = "true", ApplicationMode mode = ApplicationMode.Always, RedemptionMode redemption = RedemptionMode.Auto,
        MatchKind match = MatchKind.Entity, EntityType entity = EntityType.Activity, string? entityId = null) =>
        new(id, match, entity, Logic(condition), mode, [new(currency, redemption, Logic(amount))], entityId) { Id = id, Stage = Stage.Published, DefaultLang = "en", Version = 1, Translations = [new(id) { Lang = "en" }] };

    public static BadgeConfiguration Badge(string id, string? progressOf = null) =>
        new(id, $"https://example.com/{id}.png", ProgressSourceEntityType: progressOf is null ? null : EntityType.MissionConfiguration, ProgressSourceEntityId: progressOf)
        { Id = id, Stage = Stage.Published, DefaultLang = "en", Translations = Label(id) };

    public static RewardRule Awards(
        string id, string badge, string condition = "true", ApplicationMode mode = ApplicationMode.Always, MatchKind match = MatchKind.Entity, EntityType entity = EntityType.Mission, string? entityId = null) =>
        Pays(id, "0", condition: condition, mode: mode, match: match, entity: entity, entityId: entityId) with { Rewards = [new(BadgeConfigurationId: badge, RewardType: RewardType.Badge)] };

    public static GameConfiguration Configure(params Configured[] entities) => GameConfiguration.Of(new Snapshot(Tenant, 1, entities));

    public static Subject User(string id = "u1", string? timezone = null, params string[] tags) => Subject.Of(new UserProfile(
        id, Tenant.AccountId, Tenant.WorkspaceId, "p1", null, null, null, "en", timezone, [.. tags.Select(tag => new TagAssignment(tag, 0, Now, Now))], Now, Now));

    /// <summary>One user's game, step by step.</summary>
    public sealed class Player(GameConfiguration game, Subject? user = null)
    {
        public GameConfiguration Game { get; set; } = game;
        public Subject User { get; } = user ?? GameWorld.User();
        public PlayerState State { get; private set; } = PlayerState.Empty;
        public List<JournalEntry> Journal { get; } = [];
        public DateTimeOffset Now { get; set; } = GameWorld.Now;
        public List<GroupView> Groups { get; } = [];

        public JournalEntry Does(string activityId, decimal? value = null, Outcome? outcome = null, DateTimeOffset? at = null) =>
            Take(Engine.Play(Game, User, State, Groups, new ActionInput(activityId, outcome, value, CompletedAt: at), Somebody, Now, Options).Value);

        public JournalEntry Answers(string quizId, QuizOption answer, DateTimeOffset? at = null, string context = QuizLog.DefaultContext) =>
            Take(Engine.Play(Game, User, State, Groups, new QuizInput(quizId, answer, Context: context, CompletedAt: at), Somebody, Now, Options).Value);

        public JournalEntry Looks() => Take(Engine.Look(Game, User, State, Somebody, Now, Options));

        public JournalEntry Take(JournalEntry entry)
        {
            if (!entry.IsEmpty())
            {
                // As a reader of the store would see it.
                Journal.Add(GameJson.Read<JournalEntry>(GameJson.Bytes(entry)));
                Retire(entry);
                State = State.Apply(entry);
            }
            return entry;
        }

        /// <summary>Takes an action back, reading no more of the journal than is needed.</summary>
        public JournalEntry Retracts(JournalEntry action, string? reason = null, IReadOnlySet<string>? openInGroups = null)
        {
            RetractionFacts Facts(long from) => new(Journal[(int)action.Seq - 1], Journal[((int)from - 1)..], retired, openInGroups ?? new HashSet<string>());
            var from = action.Seq;
            while (Retraction.Needs(Facts(from), State, Now) is var needed && needed < from)
            {
                from = needed;
            }
            return Take(new Retraction(Game, User, State, Facts(from), Now, Options).Entry(reason, Somebody));
        }

        /// <summary>In the state or gone from it.</summary>
        public IEnumerable<MissionProgress> AllMissions => State.Missions.Concat(retired.Values);

        readonly Dictionary<string, MissionProgress> retired = new(StringComparer.Ordinal);

        void Retire(JournalEntry entry)
        {
            foreach (var final in MissionFold.Missions(State.Missions, entry with { Retired = [] }).Where(mission => entry.Retired.Contains(mission.MissionId)))
            {
                retired[final.MissionId] = final;
            }
            foreach (var corrected in entry.Retracted?.Missions.Where(one => retired.ContainsKey(one.MissionId)) ?? [])
            {
                retired[corrected.MissionId] = MissionFold.Correct(retired[corrected.MissionId], corrected, entry.At);
            }
        }

        public MissionProgress Mission(string configurationId) => State.Missions.Single(mission => mission.Definition.MissionConfigurationId == configurationId);
        public decimal Balance(string currency = "points") => Ledger.Available(State, currency);
    }

    static IReadOnlyList<TagAssignment> Tagged(string[] tags) => [.. tags.Select(tag => new TagAssignment(tag, 0, Now, Now))];

    static LabelTranslation[] Label(string id) => [new(id) { Lang = "en" }];
}
