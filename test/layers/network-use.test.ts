import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countNetworkUse } from '../../src/layers/network-use.js';

test('TCP opens and UDP datagrams are summed, whatever the columns', () => {
  const text = [
    'Ip: Forwarding DefaultTTL',
    'Ip: 1 64',
    'Tcp: RtoAlgorithm ActiveOpens PassiveOpens',
    'Tcp: 1 40 3',
    'Udp: InDatagrams NoPorts InErrors OutDatagrams',
    'Udp: 9 9 9 2',
    '',
  ].join('\n');
  assert.equal(countNetworkUse(text), 42);
});

test('a kernel that counts nothing gives 0', () => {
  assert.equal(countNetworkUse(''), 0);
});
