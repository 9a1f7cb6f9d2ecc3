import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assetsDirectory } from '../../src/base/assets.js';
import { openTestPorts } from '../helpers/ports.js';

const { programs } = openTestPorts();
const sudo = `${assetsDirectory}/sandbox/bin/sudo`;

async function run(...words: readonly string[]): Promise<string> {
  const { stdout, stderr, exitStatus } = await programs.run({
    program: sudo,
    arguments: words,
    environment: { KEPT: 'kept' },
  });
  return `${exitStatus} ${stdout}${stderr}`.trim();
}

test('options of sudo are taken away, the command runs', async () => {
  assert.equal(await run('-E', '-H', '-n', 'echo', '-n', 'x'), '0 x');
  assert.equal(await run('-u', 'root', '-g', 'root', '--', 'echo', 'x'), '0 x');
  assert.equal(await run('--preserve-env=A,B', '--user=root', 'echo', 'x'), '0 x');
  assert.equal(await run('-nE', 'echo', '-E', 'x'), '0 x');
});

test('VAR=value words join the environment', async () => {
  assert.equal(await run('-E', 'A=1', 'B=two words', 'bash', '-c', 'echo $A-$B-$KEPT'), '0 1-two words-kept');
});

test('arguments keep their blanks, and an exit status comes back', async () => {
  assert.equal(await run('printf', '%s|', 'a b', 'c'), '0 a b|c|');
  assert.equal(await run('bash', '-c', 'exit 9'), '9');
});

test('sudo -v and sudo -k alone succeed, -D changes the directory', async () => {
  assert.equal(await run('-v'), '0');
  assert.equal(await run('-k'), '0');
  assert.equal(await run('-D', '/usr', 'pwd'), '0 /usr');
});

test('-s and -i give the words to a shell', async () => {
  assert.equal(await run('-s', 'echo', 'a b'), '0 a b');
  assert.equal(await run('-i', 'echo', 'x;y'), '0 x;y');
});
