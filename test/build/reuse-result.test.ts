import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { makeSmallTree } from '../helpers/small-tree.js';

const given = /that image is given out again/;

/** Whether whole builds can run here. */
function whyNot(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync(join(packageDirectory, 'dist/cli/main.js'))) return 'not built: dist/cli/main.js is missing';
  return false;
}

test('an image whose inputs are as they were is given out again, whatever happened to the last one', {
  skip: whyNot(),
}, (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-result-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  makeSmallTree(`${directory}/base`);
  const write = (path: string, text: string, mode = 0o755): void => {
    mkdirSync(dirname(`${directory}/elements/${path}`), { recursive: true });
    writeFileSync(`${directory}/elements/${path}`, text);
    chmodSync(`${directory}/elements/${path}`, mode);
  };
  write('small/element-provides', 'operating-system\n', 0o644);
  write('small/root.d/10-root', `#!/bin/bash\nset -eu\ncp -a ${directory}/base/. "$TARGET_ROOT/"\n`);
  write('small/root.d/20-more', `#!/bin/bash\nset -eu\ncp ${directory}/more "$TARGET_ROOT/made/more"\n`);
  write('small/install.d/50-data', '#!/bin/bash\nset -eu\ncat "$(dirname "$0")/../data/word" > /made/word\n');
  write('small/cleanup.d/50-note', `#!/bin/bash\nset -eu\necho noted > ${directory}/note\n`);
  write('small/data/word', 'one\n', 0o644);
  const declaration = (repeatable: string): string =>
    `hooks:
  root.d/10-root: {pure: true, host-commands: ['cat ${directory}/version']}
  root.d/20-more: {pure: true, host-files: ['${directory}/more']}\nrepeatable: [${repeatable}]\noutputs: [${directory}/note]\n`;
  write('small/cache-inputs.yaml', declaration('cleanup.d/50-note'), 0o644);
  writeFileSync(`${directory}/version`, '1');
  writeFileSync(`${directory}/more`, 'a');
  const image = `${directory}/out/image.tar`;
  mkdirSync(`${directory}/out`);
  const readTar = (path: string): string => spawnSync('tar', ['-xOf', image, `./${path}`], { encoding: 'utf8' }).stdout;
  const build = (variables: Readonly<Record<string, string>> = {}, name = 'image'): string => {
    const { status, stdout, stderr } = spawnSync(
      join(packageDirectory, 'bin/disk-image-create'),
      ['-n', '-t', 'tar', '--checksum', '--no-tmpfs', '-o', `${directory}/out/${name}`, 'small'],
      {
        cwd: directory,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          HOME: directory,
          TMPDIR: directory,
          ELEMENTS_PATH: `${directory}/elements`,
          DIB_IMAGE_CACHE: `${directory}/cache`,
          DIB_CACHE_MODE: 'on',
          ...variables,
        },
      },
    );
    assert.equal(status, 0, `${stdout}\n${stderr}`);
    return stdout;
  };

  assert.doesNotMatch(build(), given);
  const first = readFileSync(image);
  rmSync(`${directory}/note`);
  assert.match(build(), given);
  assert.deepEqual(readFileSync(image), first);
  assert.equal(readFileSync(`${directory}/note`, 'utf8'), 'noted\n');
  assert.match(readFileSync(`${image}.sha256`, 'utf8'), /^[0-9a-f]{64} {2}/);
  assert.equal(readdirSync(`${directory}/out`).filter((name) => /^image-.*\.tar$/.test(name)).length, 1);

  // The caller's file is a copy: what is done to it does not come back.
  writeFileSync(image, 'changed');
  rmSync(`${directory}/out`, { recursive: true });
  mkdirSync(`${directory}/out`);
  assert.match(build(), given);
  assert.deepEqual(readFileSync(image), first);

  assert.match(build({ CI_JOB_ID: '7', TERM: 'x' }), given);
  assert.doesNotMatch(build({ DIB_OTHER: 'x' }), given);
  assert.doesNotMatch(build(), given);
  assert.match(build(), given);
  writeFileSync(`${directory}/version`, '2');
  assert.doesNotMatch(build(), given);
  // Both hooks are quick, but what the second one declares counts for it alone.
  writeFileSync(`${directory}/more`, 'b');
  assert.doesNotMatch(build(), given);
  assert.equal(readTar('made/more'), 'b');
  write('small/data/word', 'two\n', 0o644);
  assert.doesNotMatch(build(), given);
  assert.doesNotMatch(build({ DIB_CACHE_MODE: 'fresh' }), given);
  // DIB_ENV, which hooks see, names the mode.
  assert.doesNotMatch(build(), given);
  assert.match(build(), given);

  // The first image of a path shares its file with the store until the caller writes to it.
  assert.doesNotMatch(build({}, 'other'), given);
  writeFileSync(`${directory}/out/other.tar`, 'changed');
  assert.doesNotMatch(build({}, 'other'), given);

  write('small/cache-inputs.yaml', declaration(''), 0o644);
  assert.doesNotMatch(build(), given);
  assert.doesNotMatch(build(), given);
});

test('where the store cannot be used, the image is built without it and a warning says why', {
  skip: whyNot(),
}, (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-no-store-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  makeSmallTree(`${directory}/base`);
  mkdirSync(`${directory}/elements/small/root.d`, { recursive: true });
  mkdirSync(`${directory}/cache`);
  writeFileSync(`${directory}/cache/layers`, 'no directory');
  writeFileSync(`${directory}/elements/small/element-provides`, 'operating-system\n');
  writeFileSync(
    `${directory}/elements/small/root.d/10-root`,
    `#!/bin/bash\nset -eu\ncp -a ${directory}/base/. "$TARGET_ROOT/"\n`,
    { mode: 0o755 },
  );
  const { status, stdout, stderr } = spawnSync(
    join(packageDirectory, 'bin/disk-image-create'),
    ['-n', '-t', 'tar', '--no-tmpfs', '-o', `${directory}/image`, 'small'],
    {
      cwd: directory,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        TMPDIR: directory,
        ELEMENTS_PATH: `${directory}/elements`,
        DIB_IMAGE_CACHE: `${directory}/cache`,
      },
    },
  );
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.match(stdout, /warning: nothing is cached: the store cannot be written: EEXIST/);
  assert.ok(existsSync(`${directory}/image.tar`));
});
