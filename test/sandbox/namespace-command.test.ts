import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { test } from 'node:test';
import type { CommandResult } from '../../src/model/ports.js';
import { findSandboxFaults } from '../../src/sandbox/host-abilities.js';
import { namespaceCommand } from '../../src/sandbox/namespace-command.js';
import { openTestPorts } from '../helpers/ports.js';

const { programs } = openTestPorts();
const { uid, username } = userInfo();
const faults = await findSandboxFaults({ userId: uid, userName: username }, programs);
const skip = faults.length > 0 ? `no namespaces here: ${faults[0]?.message}` : false;

function runInside(script: string): Promise<CommandResult> {
  const command = namespaceCommand({
    isRoot: uid === 0,
    workspaceArgument: 'tmpfs:10485760',
    command: ['bash', '-c', script],
  });
  return programs.run({ ...command, workingDirectory: '/usr' });
}

test('inside, the workspace is an empty tmpfs at /dib and the working directory is kept', { skip }, async () => {
  const result = await runInside('pwd; ls -A /dib | wc -l; stat -f -c %T /dib; id -u');
  assert.equal(result.stdout, '/usr\n0\ntmpfs\n0\n');
});

test('the directories of the host are all there, /tmp and /sys included', { skip }, async () => {
  const name = mkdtempSync('/tmp/dib-namespace-');
  writeFileSync(`${name}/file`, 'seen');
  const result = await runInside(`cat ${name}/file; ls -d /sys/kernel /usr/bin /etc/passwd`);
  rmSync(name, { recursive: true });
  assert.equal(result.stdout, 'seen/etc/passwd\n/sys/kernel\n/usr/bin\n');
});

test('the exit status of the command comes back', { skip }, async () => {
  assert.equal((await runInside('exit 7')).exitStatus, 7);
});

test('nothing that is mounted or made inside is seen outside', { skip }, async () => {
  const result = await runInside('mount -t tmpfs x /mnt && touch /mnt/inside /dib/inside && ls /mnt /dib');
  assert.equal(result.exitStatus, 0);
  assert.equal(existsSync('/mnt/inside'), false);
  assert.equal(existsSync('/dib/inside'), false);
});

test('processes left behind end with the namespace', { skip }, async () => {
  const marker = `dib-test-${process.pid}`;
  await runInside(`(exec -a ${marker} sleep 300) & disown; sleep 0.1; exit 0`);
  const { stdout } = await programs.run({ program: 'ps', arguments: ['-eo', 'args='] });
  assert.equal(
    stdout.split('\n').some((line) => line.startsWith(marker)),
    false,
  );
});
