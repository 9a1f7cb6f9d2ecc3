import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCliPorts } from '../../src/cli/open-cli-ports.js';

test('programs are found on the path of the caller', async () => {
  const { programs } = openCliPorts({ PATH: '/usr/bin:/bin' });
  const { exitStatus, stdout } = await programs.run({ program: 'sh', arguments: ['-c', 'echo $PATH; exit 3'] });
  assert.equal(exitStatus, 3);
  assert.equal(stdout, '/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin\n');
});
