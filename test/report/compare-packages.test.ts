import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePackages } from '../../src/report/compare-packages.js';

const stanza = (name: string, version: string, status = 'install ok installed', architecture = 'amd64'): string =>
  `Package: ${name}\nStatus: ${status}\nArchitecture: ${architecture}\nVersion: ${version}\n`;

test('packages that came, went and changed are told, what is not installed is not', () => {
  const before = [
    stanza('a', '1'),
    stanza('b', '1', 'install ok installed', 'all'),
    stanza('c', '1'),
    stanza('d', '1'),
  ].join('\n');
  const after = [
    stanza('a', '2'),
    stanza('b', '1', 'install ok installed', 'all'),
    stanza('c', '1', 'deinstall ok config-files'),
    stanza('d', '1'),
    stanza('d', '1', 'install ok installed', 'i386'),
  ].join('\n');
  assert.deepEqual(comparePackages(before, after), [
    { name: 'a:amd64', before: '1', after: '2' },
    { name: 'c:amd64', before: '1' },
    { name: 'd:i386', after: '1' },
  ]);
  assert.deepEqual(comparePackages(before, before), []);
});
