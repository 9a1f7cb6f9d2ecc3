import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestFile, formatDigestLine, readDigest } from '../../src/formats/digest-file.js';
import { openTestPorts } from './open-test-ports.js';

test('both digests of a file with an odd name', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'digest-test-'));
  try {
    const path = join(directory, 'line\nend \\ slash');
    await writeFile(path, 'abc');
    // RFC 1321 A.5 and FIPS 180-2 B.1.
    assert.deepEqual(await digestFile(path, ['md5', 'sha256'], openTestPorts()), {
      md5: '900150983cd24fb0d6963f7d28e17f72',
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('no kinds give no digests', async () => {
  assert.deepEqual(await digestFile('/nonexistent', [], openTestPorts()), {});
});

test('a line names the path after two blanks', () => {
  assert.equal(formatDigestLine('00ff', 'out/my image.qcow2'), '00ff  out/my image.qcow2\n');
});

test('a line escapes line ends and backslashes, and says so first', () => {
  assert.equal(formatDigestLine('00ff', 'a\nb\\c'), '\\00ff  a\\nb\\\\c\n');
});

test('the digest is read from plain and escaped lines', () => {
  assert.deepEqual(['00ff  a', '\\00ff  a\\nb', '00ff *a'].map(readDigest), ['00ff', '00ff', '00ff']);
});
