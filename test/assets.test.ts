import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { assetsDirectory, builtinElementsDirectory, libDirectory, packageDirectory } from '../src/base/assets.js';

test('the assets lie in the package root', () => {
  assert.ok(existsSync(join(packageDirectory, 'package.json')));
  assert.equal(assetsDirectory, join(packageDirectory, 'assets'));
  assert.equal(builtinElementsDirectory, join(packageDirectory, 'assets/elements'));
  assert.equal(libDirectory, join(packageDirectory, 'assets/lib'));
});

test('no asset is of a kind that npm drops or changes: links, empty directories, special names', () => {
  const offences: string[] = [];
  visit(assetsDirectory, (path, kind) => {
    const name = relative(assetsDirectory, path);
    if (kind === 'link') offences.push(`${name} is a symbolic link`);
    if (kind === 'empty') offences.push(`${name} is an empty directory`);
    // npm-packlist leaves these out of every package, or takes them as instructions.
    if (
      /(^|\/)(\.npmrc|\.gitignore|\.npmignore|\.git|\.DS_Store|\._[^/]*|node_modules|npm-debug\.log|.*\.orig|.*\.sw.)$/.test(
        name,
      )
    )
      offences.push(`${name} has a name that npm leaves out`);
  });
  assert.deepEqual(offences, []);
});

test('every built-in element has a README', () => {
  const missing = readdirSync(builtinElementsDirectory).filter(
    (name) => !existsSync(join(builtinElementsDirectory, name, 'README.md')),
  );
  assert.deepEqual(missing, []);
});

test('third-party elements find the shell files that they source', () => {
  const files = [
    'common-defaults',
    'common-functions',
    'img-defaults',
    'img-functions',
    'ramdisk-defaults',
    'ramdisk-functions',
    'die',
    'dib-run-parts',
  ];
  assert.deepEqual(
    files.filter((name) => !existsSync(join(libDirectory, name))),
    [],
  );
});

function visit(path: string, found: (path: string, kind: 'file' | 'link' | 'empty') => void): void {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) {
    found(path, stats.isSymbolicLink() ? 'link' : 'file');
    return;
  }
  const names = readdirSync(path);
  if (names.length === 0) found(path, 'empty');
  for (const name of names) visit(join(path, name), found);
}
