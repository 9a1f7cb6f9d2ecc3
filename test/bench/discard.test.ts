import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { discard } from '../../bench/discard.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

for (const [what, freeBytes] of [
  ['while there is room the files stay for the end', 2 ** 40],
  ['where there is little room they are removed', 2 ** 30],
] as const)
  test(what, async (context) => {
    const scratchDirectory = await temporaryDirectory(context);
    for (const round of ['first', 'second']) {
      const path = join(scratchDirectory, 'build');
      mkdirSync(path);
      writeFileSync(join(path, 'file'), round);
      await discard(path, { scratchDirectory, freeBytes, settleMs: 0 });
      assert.equal(existsSync(path), false);
    }
    const kept = join(scratchDirectory, 'discarded');
    const texts = existsSync(kept)
      ? readdirSync(kept).map((name) => readFileSync(join(kept, name, 'files/file'), 'utf8'))
      : [];
    assert.deepEqual(texts.sort(), freeBytes === 2 ** 40 ? ['first', 'second'] : []);
  });
