import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readArchiveAddresses, readSourceLines, readStanzas } from '../../src/layers/archive-addresses.js';

test('lines of a sources.list name release files, comments and other words do not', () => {
  assert.deepEqual(
    readSourceLines(
      [
        '# deb http://commented.example/debian bookworm main',
        'deb http://deb.example/debian/ bookworm main contrib',
        '  deb [arch=amd64 signed-by=/k.gpg] https://deb.example/security bookworm-security main',
        'deb-src http://deb.example/debian bookworm main',
        'deb http://flat.example/repo ./',
        'debian http://no.example x main',
      ].join('\n'),
    ),
    [
      'http://deb.example/debian/dists/bookworm/InRelease',
      'https://deb.example/security/dists/bookworm-security/InRelease',
      'http://deb.example/debian/dists/bookworm/InRelease',
      'http://flat.example/repo/InRelease',
    ],
  );
});

test('stanzas name every suite of every address, disabled ones none', () => {
  assert.deepEqual(
    readStanzas(
      'Types: deb\nURIs: http://a.example/d\n http://b.example/d\nSuites: one two\nComponents: main\n\nEnabled: no\nURIs: http://c.example\nSuites: x\n',
    ),
    [
      'http://a.example/d/dists/one/InRelease',
      'http://a.example/d/dists/two/InRelease',
      'http://b.example/d/dists/one/InRelease',
      'http://b.example/d/dists/two/InRelease',
    ],
  );
});

test('all files of a tree count once, sorted', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'dib-archives-'));
  context.after(() => rmSync(root, { recursive: true }));
  assert.deepEqual(await readArchiveAddresses(root), []);
  mkdirSync(`${root}/etc/apt/sources.list.d`, { recursive: true });
  writeFileSync(`${root}/etc/apt/sources.list`, 'deb http://b.example/d s main\n');
  writeFileSync(`${root}/etc/apt/sources.list.d/a.list`, 'deb http://a.example/d s main\ndeb http://b.example/d s x\n');
  writeFileSync(`${root}/etc/apt/sources.list.d/a.list.save`, 'deb http://old.example/d s main\n');
  writeFileSync(`${root}/etc/apt/sources.list.d/c.sources`, 'URIs: http://c.example\nSuites: s\n');
  assert.deepEqual(await readArchiveAddresses(root), [
    'http://a.example/d/dists/s/InRelease',
    'http://b.example/d/dists/s/InRelease',
    'http://c.example/dists/s/InRelease',
  ]);
});
