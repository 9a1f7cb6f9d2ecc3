import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSizePage, makeSizeTree } from '../../src/report/size-page.js';

const found = [
  '8 2 1:1 ',
  '8 2 1:2 usr',
  '2048 1 1:3 usr/large',
  '1024 2 1:4 usr/once',
  '1024 2 1:4 usr/<again>',
  '16 1 1:5 etc/a b',
].join('\0');

test('sizes add up along the path, each inode once', () => {
  const tree = makeSizeTree(found);
  assert.equal(tree.sizeBytes, (8 + 8 + 2048 + 1024 + 16) * 512);
  assert.deepEqual(
    tree.children.map(({ name, sizeBytes }) => [name, sizeBytes / 512]),
    [
      ['usr', 3080],
      ['etc', 16],
    ],
  );
});

test('the page names what is large, and loads nothing from elsewhere', () => {
  const page = formatSizePage(
    {
      image: '/w/<image>',
      totalBytes: 1_589_248,
      fileCount: 6,
      elements: [{ name: 'vm & more', sizeBytes: 1024 }],
      packages: [],
      directories: [{ name: '/usr', sizeBytes: 1_576_960 }],
    },
    makeSizeTree(found),
  );
  assert.match(page, /^<!DOCTYPE html>\n/);
  assert.match(page, /<title>\/w\/&lt;image&gt;: 1\.5 MiB<\/title>/);
  assert.match(page, /<rect [^>]*><title>\/usr\/large 1 MiB<\/title><\/rect>/);
  assert.match(page, /<td>1 KiB<\/td><td>vm &amp; more<\/td>/);
  assert.match(page, /<p>nothing is known<\/p>/);
  assert.doesNotMatch(page, /https?:|src=|href=|@import|url\(|<script/);
  assert.equal(
    page.match(/<(div|table|svg|tr|td|h1|h2)\b/g)?.length,
    page.match(/<\/(div|table|svg|tr|td|h1|h2)>/g)?.length,
  );
});
