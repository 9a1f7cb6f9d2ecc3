import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { hookHead, lintDirectory, writeFiles } from './lint-files.js';

test('links lead to what the element or a dependency ships, or are absolute', async (context) => {
  const directory = writeFiles(context, {
    'a/README.md': 'a\n',
    'a/element-deps': 'b\n',
    'a/bin/x': `${hookHead}true\n`,
    'b/README.md': 'b\n',
    'b/bin/y': `${hookHead}true\n`,
    'c/README.md': 'c\n',
    'c/bin/z': `${hookHead}true\n`,
  });
  for (const [path, target] of Object.entries({ x: 'x', y: 'y', host: '/bin/true', z: 'z', out: '../../c/bin/z' }))
    symlinkSync(
      target.startsWith('.') || target.startsWith('/') ? target : `../bin/${target}`,
      `${directory}/a/link-${path}`,
    );
  const { findings } = await lintDirectory(directory);
  assert.deepEqual(
    findings.map(({ path, message }) => [path, message]),
    [
      ['a/link-out', 'the link to ../../c/bin/z leads out of the element'],
      ['a/link-x', 'the link to ../bin/x leads out of the element'],
      ['a/link-y', 'the link to ../bin/y leads out of the element'],
      ['a/link-z', 'the link to ../bin/z leads out of the element'],
    ],
  );
});

test('in a directory, a link is resolved as it will be in the staging directory', async (context) => {
  const directory = writeFiles(context, {
    'a/README.md': 'a\n',
    'a/element-deps': 'b\n',
    'a/data/x': 'x\n',
    'b/README.md': 'b\n',
    'b/bin/y': `${hookHead}true\n`,
    'c/README.md': 'c\n',
    'c/bin/z': `${hookHead}true\n`,
  });
  for (const name of ['y', 'z']) symlinkSync(`../bin/${name}`, `${directory}/a/data/${name}`);
  const { findings } = await lintDirectory(directory);
  assert.deepEqual(
    findings.map(({ path, message }) => [path, message]),
    [['a/data/z', 'the link to ../bin/z leads to nothing that the build has']],
  );
});
