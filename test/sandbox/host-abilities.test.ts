import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countSubordinateIds, findSandboxFaults } from '../../src/sandbox/host-abilities.js';
import { openTestPorts } from '../helpers/ports.js';

const text = 'alice:100000:65536\nbob:165536:1000\n1001:300000:5000\nalice:500000:10\n';

test('subordinate ids are summed by name and by number', () => {
  assert.equal(countSubordinateIds(text, { userId: 1000, userName: 'alice' }), 65_546);
  assert.equal(countSubordinateIds(text, { userId: 1001, userName: 'bob' }), 6000);
  assert.equal(countSubordinateIds(text, { userId: 1002, userName: 'carol' }), 0);
});

test('a user without subordinate ids is told how to get them', async () => {
  const faults = await findSandboxFaults({ userId: 4242, userName: 'nobody-here' }, openTestPorts().programs);
  const messages = faults.map((fault) => `${fault.code}: ${fault.message} / ${fault.hint ?? ''}`);
  assert.ok(
    messages.includes(
      'SANDBOX_UNAVAILABLE: user nobody-here has no subordinate ids in /etc/subuid, a build needs 65535 / as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 nobody-here',
    ),
    messages.join('\n'),
  );
});
