import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../../src/cli/run-command.js';
import { openRecordingWorld } from '../recording-world.js';
import { makeLayerFixture, whyNoLayers } from './layer-fixture.js';

const skip = whyNoLayers();

async function run(context: TestContext, cache: string, words: readonly string[]) {
  const world = openRecordingWorld(context, { DIB_IMAGE_CACHE: cache });
  const status = await runCommand({ programName: 'dib', arguments: ['shell', ...words], world });
  return { status, ...world.written };
}

test('the tree before and after a hook is entered, and what the failed one left', { skip }, async (context) => {
  const { cache, store, tree } = await makeLayerFixture(context);
  const is = (name: string): string => `read -r name < /etc/name && [ "$name" = ${name} ]`;
  const cases: readonly (readonly [words: readonly string[], command: string])[] = [
    [['--before', '20-left'], `${is('base')} && [ ! -e /usr/bin/greet ]`],
    [['--after', 'install.d/20-left'], `${is('left')} && [ ! -e /usr/bin/greet ]`],
    [['--before', '40-fails'], `${is('left')} && [ -e /usr/bin/greet ] && [ ! -e /etc/half ]`],
    [['--after', '40-fails'], '[ -e /etc/half ]'],
    [[], '[ -e /etc/half ] && [ -e /proc/1/stat ] && [ -c /dev/null ]'],
    [['/w/image.qcow2'], 'echo written > /etc/name && [ -e /etc/half ]'],
  ];
  for (const [words, command] of cases)
    assert.equal((await run(context, cache, [...words, '-c', command])).status, 0, words.join(' '));
  const after = await run(context, cache, ['--after', '20-left', '--command', `${is('left')} || exit 1; exit 7`]);
  assert.deepEqual(after, {
    status: 7,
    out: '',
    error: '/w/image, after install.d/20-left; changes are forgotten at the end\n',
  });
  assert.deepEqual(readdirSync(`${store}/leases`), []);
  assert.deepEqual(readdirSync(`${store}/partial`), []);
  rmSync(tree('base'), { recursive: true });
  const gone = await run(context, cache, ['-c', 'true']);
  assert.equal(gone.status, 1);
  assert.match(
    gone.error,
    /error LAYERS_GONE: 1 of 4 layers are no longer in the store:\n {2}\/.*\/layers\/base\/tree\n/,
  );
});

test('without a build that kept layers the error says how to get one', async (context) => {
  const cache = mkdtempSync(join(tmpdir(), 'dib-shell-'));
  context.after(() => rmSync(cache, { recursive: true }));
  assert.deepEqual(await run(context, cache, []), {
    status: 1,
    out: '',
    error:
      'error USAGE: no build has kept layers yet\n  hint: build an image first; with --cache=off nothing is kept\n',
  });
  assert.match(
    (await run(context, cache, ['--before', 'a', '--after', 'b'])).error,
    /takes --before or --after, not both/,
  );
});
