import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

const program = join(builtinElementsDirectory, 'dpkg/apt-archives/shared-archives');

/** What the image says to the two questions that are put to it: about its index, and about what it has installed. */
const fakeChroot = `#!/bin/bash
case "$*" in
    *apt-cache*) cat "$INDEX" ;;
    *dpkg-query*) cat "$INSTALLED" ;;
    *) exit 1 ;;
esac
`;

interface Build {
  readonly poolDirectory: string;
  /** Directory of the files that apt downloaded. */
  readonly newDirectory: string;
  merge(environment?: Readonly<Record<string, string>>): string;
}

/** A build whose index has the given packages, by file name, with the text of each. */
async function openBuild(
  context: TestContext,
  { index, installed = '' }: { readonly index: Readonly<Record<string, string>>; readonly installed?: string },
): Promise<Build> {
  const directory = await temporaryDirectory(context);
  const poolDirectory = join(directory, 'cache/apt/debian');
  const newDirectory = join(directory, 'build/apt-archives/upper');
  for (const path of [poolDirectory, newDirectory, join(directory, 'bin'), join(directory, 'tree')])
    mkdirSync(path, { recursive: true });
  writeFileSync(join(directory, 'bin/chroot'), fakeChroot, { mode: 0o755 });
  writeFileSync(join(directory, 'index'), Object.entries(index).map(formatParagraph).join('\n'));
  writeFileSync(join(directory, 'installed'), installed);
  return {
    poolDirectory,
    newDirectory,
    merge: (environment = {}) =>
      execFileSync(program, ['merge', join(directory, 'tree')], {
        encoding: 'utf8',
        env: {
          PATH: `${directory}/bin:${process.env.PATH}`,
          INDEX: join(directory, 'index'),
          INSTALLED: join(directory, 'installed'),
          TMP_BUILD_DIR: join(directory, 'build'),
          DIB_IMAGE_CACHE: join(directory, 'cache'),
          DISTRO_NAME: 'debian',
          ...environment,
        },
      }),
  };
}

function formatParagraph([fileName, text]: readonly [string, string]): string {
  const [name = '', version = '', architecture = ''] = fileName.replace(/\.deb$/, '').split('_');
  const digest = createHash('sha256').update(text).digest('hex');
  const fields = { Package: name, Version: version.replace('%3a', ':'), Architecture: architecture, SHA256: digest };
  return Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('');
}

test('new archives that are as the index says come into the pool, others do not', async (context) => {
  const build = await openBuild(context, {
    index: { 'good_1_amd64.deb': 'good', 'epoch_1%3a2_all.deb': 'epoch', 'damaged_1_amd64.deb': 'whole' },
  });
  const files = { 'good_1_amd64.deb': 'good', 'epoch_1%3a2_all.deb': 'epoch', 'damaged_1_amd64.deb': 'ha' };
  for (const [name, text] of Object.entries({ ...files, 'stranger_1_amd64.deb': 'stranger' }))
    writeFileSync(join(build.newDirectory, name), text);
  symlinkSync('/etc/passwd', join(build.newDirectory, 'link_1_amd64.deb'));
  assert.match(build.merge(), /: 2 of 4 new files added/);
  assert.deepEqual(readdirSync(build.poolDirectory).sort(), ['epoch_1%3a2_all.deb', 'good_1_amd64.deb']);
});

test('a file of the pool is not replaced', async (context) => {
  const build = await openBuild(context, { index: { 'known_1_all.deb': 'known' } });
  writeFileSync(join(build.poolDirectory, 'known_1_all.deb'), 'known');
  writeFileSync(join(build.newDirectory, 'known_1_all.deb'), 'other');
  assert.equal(build.merge(), '');
  assert.deepEqual(readdirSync(build.poolDirectory), ['known_1_all.deb']);
});

test('beyond the limit the longest unused go, those of the last day and those in use stay', async (context) => {
  const build = await openBuild(context, {
    index: { 'new_1_all.deb': 'new' },
    installed: 'used_1:2_all.deb\n',
  });
  const daysAgo = (days: number): number => Date.now() / 1000 - days * 86_400;
  const store = (name: string, days: number): void => {
    writeFileSync(join(build.poolDirectory, name), Buffer.alloc(600 * 1024, 1));
    utimesSync(join(build.poolDirectory, name), daysAgo(days), daysAgo(days));
  };
  store('oldest_1_all.deb', 9);
  store('older_1_all.deb', 5);
  store('used_1%3a2_all.deb', 7);
  // What is in the image counts as used once it was merged.
  build.merge({ DIB_APT_CACHE_MAX_MIB: '1' });
  assert.equal(readdirSync(build.poolDirectory).length, 3);
  writeFileSync(join(build.newDirectory, 'new_1_all.deb'), 'new');
  store('fresh_1_all.deb', 0);
  build.merge({ DIB_APT_CACHE_MAX_MIB: '1' });
  assert.deepEqual(readdirSync(build.poolDirectory).sort(), ['fresh_1_all.deb', 'new_1_all.deb', 'used_1%3a2_all.deb']);
});
