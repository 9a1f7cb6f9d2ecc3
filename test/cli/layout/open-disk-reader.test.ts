import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDiskReader } from '../../../src/cli/layout/open-disk-reader.js';
import { openTestPorts } from '../../helpers/ports.js';

const skip = existsSync('/usr/bin/qemu-img') ? false : 'no qemu-img';

test('bytes of every format are those of the raw disk, and zeros beyond its end', { skip }, async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-reader-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const content = Buffer.alloc(1_000_448);
  for (let at = 0; at < content.length; at += 4) content.writeUInt32LE(at, at);
  const rawPath = join(directory, 'disk.raw');
  writeFileSync(rawPath, content);
  const { programs } = openTestPorts();
  for (const format of ['raw', 'qcow2', 'vdi']) {
    const imagePath = join(directory, `disk.${format}`);
    if (format !== 'raw') execFileSync('qemu-img', ['convert', '-O', format, rawPath, imagePath]);
    const scratchDirectory = join(directory, `scratch-${format}`);
    mkdirSync(scratchDirectory);
    const reader = await openDiskReader({ imagePath, format, scratchDirectory }, programs);
    assert.equal(reader.sizeBytes >= content.length, true);
    for (const [offset, length] of [
      [0, 512],
      [131_000, 300],
      [524_288, 70_000],
      [999_936, 1024],
    ] as const) {
      const wanted = Buffer.alloc(length);
      content.copy(wanted, 0, offset, Math.min(content.length, offset + length));
      assert.deepEqual(await reader.read(offset, length), wanted, `${format} at ${offset}`);
    }
    await reader.close();
  }
});
