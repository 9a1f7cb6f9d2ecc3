import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { scanElementFiles } from '../../src/elements/scan-element-files.js';
import { temporaryDirectory, writeElements } from './write-element.js';

test('files have path, mode, size and digest; directories path and mode; links their text', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, {
    a: {
      'install.d/10-x': { text: '#!/bin/bash\n', mode: 0o750 },
      'static/root/.ssh': { directoryMode: 0o700 },
      'static/etc/link': { link: '../nowhere' },
      'bin/blank name': 'x',
    },
  });
  const content = await scanElementFiles({ directory: join(root, 'a'), modes: 'real' });
  assert.deepEqual(content, {
    files: [
      { path: 'bin/blank name', kind: 'file', digest: sha256('x'), sizeBytes: 1, mode: 0o644 },
      { path: 'install.d/10-x', kind: 'file', digest: sha256('#!/bin/bash\n'), sizeBytes: 12, mode: 0o750 },
      {
        path: 'static/etc/link',
        kind: 'link',
        linkTarget: '../nowhere',
        digest: sha256('../nowhere'),
        sizeBytes: 10,
        mode: 0o777,
      },
    ],
    directories: [
      { path: 'bin', mode: 0o755 },
      { path: 'install.d', mode: 0o755 },
      { path: 'static', mode: 0o755 },
      { path: 'static/etc', mode: 0o755 },
      { path: 'static/root', mode: 0o755 },
      { path: 'static/root/.ssh', mode: 0o700 },
    ],
  });
});

test('tests, .git, __pycache__, dangling links at the top and pipes are left out, tests below the top are not', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, {
    a: {
      'tests/test_x.py': '',
      '.git/HEAD': '',
      'bin/__pycache__/x.pyc': '',
      'static/tests/kept': '',
      '.hidden': '',
      dangling: { link: 'nowhere' },
      loop: { link: 'loop' },
    },
  });
  execFileSync('mkfifo', [join(root, 'a/bin/pipe')]);
  const { files } = await scanElementFiles({ directory: join(root, 'a'), modes: 'real' });
  assert.deepEqual(
    files.map(({ path }) => path),
    ['.hidden', 'static/tests/kept'],
  );
});

test('a link to a directory at the top is followed, one to a file is kept as a link', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, {
    a: { static: { link: '../b/static' }, README: { link: '../b/README' }, 'bin/deep': { link: '../../b/static' } },
    b: { 'static/x': '', README: '' },
  });
  const { files, directories } = await scanElementFiles({ directory: join(root, 'a'), modes: 'real' });
  assert.deepEqual(
    files.map(({ path, kind }) => [path, kind]),
    [
      ['README', 'link'],
      ['bin/deep', 'link'],
      ['static/x', 'file'],
    ],
  );
  assert.deepEqual(
    directories.map(({ path }) => path),
    ['bin', 'static'],
  );
});

test('modes by content: scripts run, environment files and data do not, whatever is on disk', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, {
    a: {
      'install.d/10-x': { text: '#!/bin/bash\n', mode: 0o600 },
      'environment.d/10-x.bash': { text: '#!/bin/bash\n', mode: 0o755 },
      'static/usr/local/bin/tool': { text: '#!/bin/sh\n', mode: 0o644 },
      'static/etc/conf': { text: 'x', mode: 0o777 },
      'element-deps': { text: '', mode: 0o600 },
      'static/root': { directoryMode: 0o700 },
    },
  });
  const { files, directories } = await scanElementFiles({ directory: join(root, 'a'), modes: 'by-content' });
  assert.deepEqual(Object.fromEntries(files.map(({ path, mode }) => [path, mode.toString(8)])), {
    'element-deps': '644',
    'environment.d/10-x.bash': '644',
    'install.d/10-x': '755',
    'static/etc/conf': '644',
    'static/usr/local/bin/tool': '755',
  });
  assert.deepEqual(new Set(directories.map(({ mode }) => mode)), new Set([0o755]));
});

test('large files are digested in pieces to the same effect', async (context) => {
  const root = temporaryDirectory(context);
  const text = 'x'.repeat(1024 * 1024 + 1);
  writeElements(root, { a: { 'static/big': text } });
  const { files } = await scanElementFiles({ directory: join(root, 'a'), modes: 'real' });
  assert.equal(files[0]?.digest, sha256(text));
});

test('an element that cannot be read is a fault that names the path', async (context) => {
  const root = temporaryDirectory(context);
  await assert.rejects(scanElementFiles({ directory: join(root, 'gone'), modes: 'real' }), {
    code: 'FILE_UNREADABLE',
    message: `"${root}/gone" cannot be read: ENOENT: no such file or directory, scandir '${root}/gone'`,
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
