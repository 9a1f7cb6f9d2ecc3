import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { replaceResolver, restoreResolver } from '../../src/steps/resolver.js';

let tree = '';
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'resolver-'));
  mkdirSync(join(tree, 'etc'));
});
afterEach(() => rmSync(tree, { recursive: true }));

const path = (name = 'resolv.conf'): string => join(tree, 'etc', name);
const notImmutable = async (): Promise<boolean> => false;

test('the file of the tree is aside during the build and back afterwards', async () => {
  writeFileSync(path(), 'nameserver 192.0.2.1\n');
  await replaceResolver(tree);
  assert.equal(readFileSync(path('resolv.conf.ORIG'), 'utf8'), 'nameserver 192.0.2.1\n');
  assert.match(readFileSync(path(), 'utf8'), /nameserver|^$/m);
  await restoreResolver(tree, notImmutable);
  assert.equal(readFileSync(path(), 'utf8'), 'nameserver 192.0.2.1\n');
  assert.equal(existsSync(path('resolv.conf.ORIG')), false);
});

test('a dangling link comes back as the link it was', async () => {
  symlinkSync('../run/stub-resolv.conf', path());
  await replaceResolver(tree);
  await restoreResolver(tree, notImmutable);
  assert.equal(readlinkSync(path()), '../run/stub-resolv.conf');
});

test('without an original the image has none', async () => {
  await replaceResolver(tree);
  await restoreResolver(tree, notImmutable);
  assert.equal(existsSync(path()), false);
});

test('what a hook wrote to .ORIG becomes the final content', async () => {
  await replaceResolver(tree);
  writeFileSync(path('resolv.conf.ORIG'), 'final\n');
  await restoreResolver(tree, notImmutable);
  assert.equal(readFileSync(path(), 'utf8'), 'final\n');
});

test('a link made by a hook stays, and so does an immutable file', async () => {
  writeFileSync(path(), 'first\n');
  await replaceResolver(tree);
  rmSync(path());
  symlinkSync('/run/systemd/resolve/stub-resolv.conf', path());
  await restoreResolver(tree, notImmutable);
  assert.equal(readlinkSync(path()), '/run/systemd/resolve/stub-resolv.conf');
  assert.equal(existsSync(path('resolv.conf.ORIG')), false);

  rmSync(path());
  writeFileSync(path(), 'first\n');
  await replaceResolver(tree);
  writeFileSync(path(), 'pinned\n');
  await restoreResolver(tree, async () => true);
  assert.equal(readFileSync(path(), 'utf8'), 'pinned\n');
});
