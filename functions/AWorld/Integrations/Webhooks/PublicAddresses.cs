using System.Net;
using System.Net.Sockets;

namespace AWorld.Integrations.Webhooks;

/// <summary>Which addresses are on the public internet: what a workspace's URL must lead to, or it could reach what is inside.</summary>
static class PublicAddresses
{
    /// <summary>The IANA registries of special-purpose addresses, and the one by which Azure serves each machine.</summary>
    static readonly IPNetwork[] Special =
    [
        .. from network in new[]
           {
               "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
               "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
               "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
           }
           select IPNetwork.Parse(network),
    ];

    /// <summary>All of IPv6 that is assigned to the internet; loopback, ULA, link-local, multicast, IPv4 in IPv6 and NAT64 are outside.</summary>
    static readonly IPNetwork Unicast6 = IPNetwork.Parse("2000::/3");

    public static bool Contains(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetwork || (!address.IsIPv4MappedToIPv6 && Unicast6.Contains(address))) && !Array.Exists(Special, network => network.Contains(address));

    static async ValueTask<IPAddress[]> Resolve(string host, CancellationToken stop)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, stop);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    /// <summary>Connects to a host none of whose addresses is special, checked at the moment of connecting: names can change what they lead to.</summary>
    public static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, bool allowAll, CancellationToken stop)
    {
        var addresses = await Resolve(context.DnsEndPoint.Host, stop);
        if (addresses.Length == 0 || (!allowAll && !Array.TrueForAll(addresses, Contains)))
        {
            // The same for a name that leads inside and one that leads nowhere: who asks shall not learn our names.
            throw new HttpRequestException($"{context.DnsEndPoint.Host} does not lead to the public internet");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
