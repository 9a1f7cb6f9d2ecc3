import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { digestOfArchive, makeMadeSystem, startProgram } from '../helpers/made-system.js';
import { makeOrdinaryUser, whyNoOrdinaryUser } from '../helpers/package-copy.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'dib-layer-archive-')));
after(() => rmSync(directory, { recursive: true, force: true }));
chmodSync(directory, 0o755);

const skip =
  process.getuid?.() !== 0
    ? 'run by root'
    : existsSync(join(packageDirectory, 'dist/cli/main.js'))
      ? false
      : 'not built: dist/cli/main.js is missing';

interface Caller {
  readonly prefix: readonly string[];
  readonly binDirectory: string;
  readonly home: string;
}

/** Builds, exports, imports into an empty store, and builds from that alone. */
async function carryOver(caller: Caller): Promise<void> {
  const place = mkdtempSync(join(directory, 'place-'));
  chmodSync(place, 0o777);
  const system = makeMadeSystem(place, {
    'parts/install.d/10-files':
      'mkdir -p /srv/one; echo one > /srv/one/file; ln /srv/one/file /srv/one/same; chown 3:4 /srv/one',
    'parts/install.d/20-remove': 'rm /usr/bin/mkfifo; mv /srv/one /srv/two',
    'parts/install.d/30-value': 'echo "$DIB_MADE_VALUE" > /srv/value',
  });
  const run = async (cache: string, words: readonly string[]): Promise<string> => {
    const { status, output } = await startProgram({
      words: [...caller.prefix, process.execPath, ...words],
      environment: {
        PATH: process.env.PATH ?? '/usr/bin:/bin',
        HOME: caller.home,
        TMPDIR: place,
        DIB_IMAGE_CACHE: join(place, cache),
        DIB_CACHE_MODE: 'on',
        DIB_CACHE_MERGE_MS: '1',
        DIB_MADE_VALUE: 'a value',
        ...system.environment,
      },
      workingDirectory: place,
    });
    assert.equal(status, 0, output);
    return output;
  };
  for (const name of ['here', 'there']) {
    mkdirSync(join(place, name));
    chmodSync(join(place, name), 0o777);
  }
  const dib = join(caller.binDirectory, 'dib');
  const build = [join(caller.binDirectory, 'disk-image-create'), '-n', '-t', 'tar', '-o', 'image', 'tiny', 'parts'];
  await run('here', build);
  const tree = digestOfArchive(join(place, 'image.tar'), directory);
  assert.match(await run('here', [dib, 'layers', 'export', 'layers.tar.gz']), /^5 layers, 4 records of /);
  assert.match(await run('there', [dib, 'layers', 'import', 'layers.tar.gz']), /^5 layers \(5 new\), 4 records of /);
  assert.match(await run('there', [dib, 'layers', 'verify']), / read, none damaged$/m);
  system.resetCounts();
  await run('there', build);
  // Values are compared, too: their digests came with the salt of the other store.
  assert.deepEqual(system.counts(), {});
  assert.equal(digestOfArchive(join(place, 'image.tar'), directory), tree);
}

test('layers that were exported spare another machine the work', { skip }, () =>
  carryOver({ prefix: [], binDirectory: join(packageDirectory, 'bin'), home: join(directory, 'home') }),
);

test('the same without root', { skip: skip || whyNoOrdinaryUser() }, async (context) => {
  const user = makeOrdinaryUser();
  context.after(() => user.remove());
  await carryOver({
    prefix: ['setpriv', '--reuid', user.name, '--regid', user.name, '--clear-groups', '--'],
    binDirectory: user.binDirectory,
    home: user.home,
  });
});
