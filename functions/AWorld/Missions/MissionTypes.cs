namespace AWorld.Missions;

public enum MissionType { Individual, Group }

public enum TimeframeType { Permanent, Range, Recurring }
