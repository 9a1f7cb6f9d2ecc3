import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openKeptTexts } from '../../src/layers/kept-texts.js';
import type { StagingWatch } from '../../src/layers/staging-watch.js';

test('texts are kept by digest, with the mode of files, and found by a later build', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-texts-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const watch = {
    textOf: (path: string) => (path === 'large' ? 'x'.repeat(200_000) : `text of ${path}\n`),
    modeOf: () => 0o755,
    textOfNames: () => 'a\tf644\t\n',
    textOfListing: () => 'a\nb\n',
  } as unknown as StagingWatch;
  const inputs = { variables: {}, mounts: {}, archives: {}, host: {} };
  openKeptTexts(directory, watch, () => 0).keep({
    ...inputs,
    files: { 'install.d/10-a': 'one', gone: 'absent', large: 'two' },
    names: { others: 'three' },
    listings: { data: 'four' },
  });
  assert.deepEqual(readdirSync(directory).sort(), ['four', 'one', 'three']);
  const later = openKeptTexts(directory, watch, () => 0);
  assert.equal(later.recorded('one'), '755\ntext of install.d/10-a\n');
  assert.equal(later.recorded('three'), 'a\tf644\t\n');
  assert.equal(later.recorded('two'), undefined);
  assert.equal(later.now('listings', 'data'), 'a\nb\n');
});
