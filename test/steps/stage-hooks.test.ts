import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadElementSet } from '../../src/elements/load-element-set.js';
import { stageHooks } from '../../src/steps/stage-hooks.js';
import { openTestStepContext } from '../helpers/step-context.js';

test('staging copies what elements bring, with modes, times and links, and the resolved tables', async () => {
  const elements = mkdtempSync(join(tmpdir(), 'stage-hooks-'));
  const element = join(elements, 'my-os');
  mkdirSync(join(element, 'root.d'), { recursive: true });
  mkdirSync(join(element, 'static/root/.ssh'), { recursive: true, mode: 0o700 });
  writeFileSync(join(element, 'element-provides'), 'operating-system\n');
  writeFileSync(join(element, 'root.d/10-x'), '#!/bin/bash\n', { mode: 0o755 });
  utimesSync(join(element, 'root.d/10-x'), 1_000_000_000, 1_000_000_000);
  writeFileSync(join(element, 'static/root/.ssh/two words'), 'key');
  symlinkSync('10-x', join(element, 'root.d/20-y'));
  const elementSet = await loadElementSet({ requested: ['my-os'], elementDirectories: [elements] });
  const { context, root } = openTestStepContext({
    plan: { elementSet, resolvedTables: { stagedFiles: { 'svc-map.d/services': 'nova: nova-api\n' } } },
  });
  await stageHooks(context);
  const staged = (path: string): string => join(context.workspace.stagingDirectory, path);
  assert.equal(statSync(staged('root.d/10-x')).mode & 0o777, 0o755);
  assert.equal(statSync(staged('root.d/10-x')).mtimeMs, 1_000_000_000_000);
  assert.equal(readlinkSync(staged('root.d/20-y')), '10-x');
  assert.equal(statSync(staged('static/root/.ssh')).mode & 0o777, 0o700);
  assert.equal(readFileSync(staged('static/root/.ssh/two words'), 'utf8'), 'key');
  assert.equal(readFileSync(staged('svc-map.d/services'), 'utf8'), 'nova: nova-api\n');
  rmSync(elements, { recursive: true });
  rmSync(root, { recursive: true });
});
