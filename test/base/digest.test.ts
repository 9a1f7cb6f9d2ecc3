import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOf, digestOfFields, digestOfFile } from '../../src/base/digest.js';

test('the digest is SHA-256 (FIPS 180-4 example "abc")', async () => {
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(digestOf('abc'), expected);
  const directory = mkdtempSync(join(tmpdir(), 'digest-'));
  writeFileSync(join(directory, 'file'), 'abc');
  assert.equal(await digestOfFile(join(directory, 'file')), expected);
  rmSync(directory, { recursive: true });
});

test('no two lists of fields give the same text', () => {
  assert.notEqual(digestOfFields(['a', 'bc']), digestOfFields(['ab', 'c']));
  assert.notEqual(digestOfFields(['a', '']), digestOfFields(['a']));
});
