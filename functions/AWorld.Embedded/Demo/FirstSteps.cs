using AWorld.Platform.Messages;

namespace AWorld.Embedded.Demo;

/// <summary>What to paste into a shell to see the platform work.</summary>
static class FirstSteps
{
    public static string Text(DemoFile demo, string data)
    {
        var workspace = demo.Workspaces[0];
        var (app, management, user) = (workspace.Client("app"), workspace.Client("dashboard"), workspace.Users[0]);
        var queue = demo.Messaging!.First(one => one.WorkspaceId == workspace.WorkspaceId && one.Entity == MessageEntities.Inbound.Name);
        return $$"""

            The demonstration is in {{DemoFile.PathIn(data)}}: accounts, clients, users. Try it:

            TOKEN=$(curl -s -u '{{app.ClientId}}:{{app.ClientSecret}}' -d grant_type=client_credentials {{demo.BaseUrl}}/oauth2/token | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
            curl -s {{demo.BaseUrl}}/app/v1/activity-logs -H "Authorization: Bearer $TOKEN" -H 'x-user-id: {{user.UserId}}' -H 'Content-Type: application/json' -d '{ "activityId": "recycle", "userId": "{{user.UserId}}" }'; echo
            curl -s {{demo.BaseUrl}}/app/v1/missions -H "Authorization: Bearer $TOKEN" -H 'x-user-id: {{user.UserId}}'; echo
            curl -s '{{demo.BaseUrl}}/app/v1/badge-configurations?fields=progress,badge' -H "Authorization: Bearer $TOKEN" -H 'x-user-id: {{user.UserId}}'; echo
            BOARD=$(curl -s {{demo.BaseUrl}}/app/v1/runtime-leaderboards -H "Authorization: Bearer $TOKEN" -H 'x-user-id: {{user.UserId}}' | sed 's/.*"runtimeLeaderboardId":"\([^"]*\)".*/\1/')
            curl -s {{demo.BaseUrl}}/app/v1/runtime-leaderboards/$BOARD/rankings/me -H "Authorization: Bearer $TOKEN" -H 'x-user-id: {{user.UserId}}'; echo
            curl -s {{demo.BaseUrl}}/servicebus/{{queue.Entity}}/messages -H 'Authorization: {{queue.Authorization}}' -H 'Content-Type: application/cloudevents+json' -d '{ "specversion": "1.0", "id": "first", "source": "/lms", "type": "aworld.activity.completed", "data": { "externalId": "{{user.ExternalId}}", "activityId": "recycle" } }'
            MANAGER=$(curl -s -u '{{management.ClientId}}:{{management.ClientSecret}}' -d grant_type=client_credentials {{demo.BaseUrl}}/oauth2/token | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
            curl -s {{demo.BaseUrl}}/dashboard/v1/inbound-events -H "Authorization: Bearer $MANAGER"; echo

            """;
    }
}
