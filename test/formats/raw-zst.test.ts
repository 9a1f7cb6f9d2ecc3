import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeRawZst } from '../../src/formats/raw-zst.js';
import { openTestPorts, skipReason } from './open-test-ports.js';

test('a sparse disk comes back whole', { skip: skipReason({ programs: ['zstd'] }) }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'raw-zst-test-'));
  try {
    const [rawDiskPath, outputPath, back] = ['-disk', 'out.zst', 'back'].map((name) => join(directory, name));
    assert.ok(rawDiskPath !== undefined && outputPath !== undefined && back !== undefined);
    await writeFile(rawDiskPath, 'begin');
    await truncate(rawDiskPath, 5_000_000);
    await writeRawZst({ rawDiskPath, outputPath }, openTestPorts());
    await openTestPorts().programs.require({ program: 'zstd', arguments: ['-q', '-d', outputPath, '-o', back] });
    assert.ok((await readFile(back)).equals(await readFile(rawDiskPath)));
    assert.ok((await readFile(outputPath)).length < 10_000);
  } finally {
    await rm(directory, { recursive: true });
  }
});
