import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { gibibyte } from '../../src/base/units.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { placeDevices } from '../../src/layout/place-devices.js';

test('the layouts of the documentation that are whole can be placed, without warnings', () => {
  const text = readFileSync(join(packageDirectory, 'docs/layouts.md'), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
  const whole = blocks.filter((block) => block.startsWith('- local_loop'));
  const outcomes = whole.map((block) => {
    const spec = parseLayout({ text: block, origin: 'docs/layouts.md', defaults: { rootFileSystemType: 'ext4' } });
    return [spec.warnings, placeDevices(spec, new Map([['image0', 8 * gibibyte]])).faults];
  });
  assert.deepEqual(
    outcomes,
    Array.from({ length: 4 }, () => [[], []]),
  );
});
