import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { makeMadeSystem, startProgram } from '../helpers/made-system.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'dib-side-by-side-')));
after(() => rmSync(directory, { recursive: true, force: true }));
chmodSync(directory, 0o755);

const skip =
  process.getuid?.() !== 0
    ? 'run by root'
    : existsSync(join(packageDirectory, 'dist/cli/main.js'))
      ? false
      : 'not built: dist/cli/main.js is missing';

const slow = (name: string): string =>
  `echo "$EPOCHREALTIME" > /var/count/begin-${name}; echo ${name} > /etc/base; sleep 1.5; echo "$EPOCHREALTIME" > /var/count/end-${name}`;

test('images that wait for a shared step lend their place to those that have nothing in common with it', {
  skip,
}, async () => {
  const system = makeMadeSystem(directory, {
    'left/install.d/10-left': slow('left'),
    'right/install.d/10-right': slow('right'),
    'one/post-install.d/20-one': 'echo one > /etc/one',
    'two/post-install.d/20-two': 'echo two > /etc/two',
  });
  const images = ['left', 'right'].flatMap((base) =>
    ['one', 'two'].map((flavour) => ({
      imagename: `${base}-${flavour}`,
      types: ['tar'],
      'skip-base': true,
      elements: ['tiny', base, flavour],
    })),
  );
  writeFileSync(join(directory, 'images.yaml'), JSON.stringify(images));
  const { status, output } = await startProgram({
    words: [process.execPath, join(packageDirectory, 'bin/diskimage-builder'), '--jobs', '2', 'images.yaml'],
    environment: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: directory,
      DIB_IMAGE_CACHE: join(directory, 'cache'),
      DIB_CACHE_MODE: 'on',
      DIB_CACHE_MERGE_MS: '1',
      ...system.environment,
    },
    workingDirectory: directory,
  });
  assert.equal(status, 0, output);
  const { '10-left': left, '10-right': right, '20-one': one, '20-two': two, '10-tiny': tiny } = system.counts();
  assert.deepEqual({ left, right, one, two, tiny }, { left: 1, right: 1, one: 2, two: 2, tiny: 1 });
  const at = (name: string): number => Number(readFileSync(join(directory, 'counts', name), 'utf8'));
  // On a machine of one processor nothing runs side by side.
  if (availableParallelism() > 1) {
    assert.ok(at('begin-right') < at('end-left'), 'right waited until left was done');
    assert.ok(at('begin-left') < at('end-right'), 'left waited until right was done');
  }
  for (const { imagename } of images) assert.ok(existsSync(join(directory, `${imagename}.tar`)), imagename);
});
