/**
 * How often this host has opened a TCP connection or sent a UDP datagram, from the text of `/proc/net/snmp`: when the
 * number stays the same, nothing used the network.
 *
 * @see RFC 4022 tcpActiveOpens, RFC 4113 udpOutDatagrams
 */
export function countNetworkUse(snmpText: string): number {
  return counter(snmpText, 'Tcp', 'ActiveOpens') + counter(snmpText, 'Udp', 'OutDatagrams');
}

function counter(text: string, protocol: string, name: string): number {
  const [names, values] = text.split('\n').filter((line) => line.startsWith(`${protocol}: `));
  const at = (names ?? '').split(' ').indexOf(name);
  return at < 0 ? 0 : Number((values ?? '').split(' ')[at] ?? 0);
}
