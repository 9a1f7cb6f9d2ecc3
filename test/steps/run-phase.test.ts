import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import { runPhase } from '../../src/steps/run-phase.js';
import { openTestStepContext, type TestStepContext } from '../helpers/step-context.js';

let opened: TestStepContext | undefined;
afterEach(() => {
  if (opened !== undefined) rmSync(opened.root, { recursive: true });
  opened = undefined;
});

function open(hooks: Readonly<Record<string, string>>, request = {}): TestStepContext {
  opened = openTestStepContext({ request });
  for (const [path, text] of Object.entries(hooks)) {
    const full = join(opened.context.workspace.stagingDirectory, path);
    mkdirSync(join(full, '..'), { recursive: true });
    writeFileSync(full, text, { mode: /^environment\.d|README/.test(path) ? 0o644 : 0o755 });
  }
  return opened;
}

const root = { phase: 'root', place: 'host' } as const;

test('hooks run in order with the environment files sourced once before', async () => {
  const { context, root: directory } = open({
    'environment.d/10-a': 'export COLOUR=blue\n',
    'root.d/20-second': '#!/bin/bash\necho "second $COLOUR $TARGET_ROOT" >> said\n',
    'root.d/3-first': '#!/bin/bash\necho "first $(basename "$0") $(pwd)" >> said\n',
  });
  await runPhase(root, context);
  assert.equal(
    readFileSync(join(directory, 'said'), 'utf8'),
    `first 3-first ${directory}\nsecond blue ${context.workspace.treeDirectory}\n`,
  );
});

test('TARGET_ROOT is there only in root and cleanup', async () => {
  const { context, root: directory } = open({
    'extra-data.d/10-x': '#!/bin/bash\necho "${TARGET_ROOT-none}" > said\n',
  });
  await runPhase({ phase: 'extra-data', place: 'host' }, context);
  assert.equal(readFileSync(join(directory, 'said'), 'utf8'), 'none\n');
});

test('a failing hook ends the phase with its own status', async () => {
  const {
    context,
    events,
    root: directory,
  } = open({
    'root.d/10-fails': '#!/bin/bash\necho trouble\nexit 7\n',
    'root.d/20-never': '#!/bin/bash\ntouch never\n',
  });
  await assert.rejects(runPhase(root, context), (error: unknown) => {
    assert.ok(error instanceof BuildError);
    assert.equal(error.code, 'HOOK_FAILED');
    assert.equal(error.message, 'hook root.d/10-fails of element (made by a hook) exited with 7');
    assert.equal(error.exitStatus, 7);
    return true;
  });
  assert.throws(() => readFileSync(join(directory, 'never')));
  assert.deepEqual(
    events
      .filter((event) => event.kind === 'hook-finished')
      .map((event) => [event.hook, event.exitStatus, event.outcome]),
    [['10-fails', 7, 'failed']],
  );
});

test('a hook without an interpreter says which one is missing', async () => {
  const { context } = open({ 'root.d/10-lost': '#!/usr/bin/no-such-interpreter\n' });
  await assert.rejects(runPhase(root, context), (error: unknown) => {
    assert.ok(error instanceof BuildError);
    assert.equal(error.code, 'HOOK_NOT_RUNNABLE');
    assert.equal(
      error.message,
      'hook root.d/10-lost of element (made by a hook) cannot start: its interpreter /usr/bin/no-such-interpreter is not on the host',
    );
    return true;
  });
});

test('a hook that an earlier phase added runs', async () => {
  const { context, root: directory } = open({
    'root.d/10-adds':
      '#!/bin/bash\nmkdir -p "$ADD"\nprintf "#!/bin/bash\\ntouch added\\n" > "$ADD/50-new"\nchmod 755 "$ADD/50-new"\n',
    'environment.d/10-a': 'export ADD="$PWD/build/hooks/extra-data.d"\n',
  });
  await runPhase(root, context);
  await runPhase({ phase: 'extra-data', place: 'host' }, context);
  readFileSync(join(directory, 'added'));
});

test('a chroot phase without a directory touches nothing', async () => {
  const { context, targetCalls } = open({});
  await runPhase({ phase: 'install', place: 'chroot' }, context);
  assert.deepEqual(targetCalls, []);
});

test('a chroot phase has the staging directory while it runs', async () => {
  const { context, targetCalls } = open({ 'install.d/README': '' });
  await runPhase({ phase: 'install', place: 'chroot' }, context);
  assert.deepEqual(targetCalls, ['attachStaging', 'detachStaging']);
});

test('break points run the break command, and its failure ends the build', async () => {
  const { context, root: directory } = open(
    { 'root.d/10-x': '#!/bin/bash\necho hook >> said\n' },
    {
      breakPoints: {
        names: ['before-root', 'after-root'],
        command: 'echo "$TMP" break >> said; exit 0',
        isOutsideTarget: false,
      },
    },
  );
  await runPhase(root, context);
  assert.equal(readFileSync(join(directory, 'said'), 'utf8').replaceAll(' ', ''), 'break\nhook\nbreak\n');
  const failing = open({}, { breakPoints: { names: ['before-root'], command: 'exit 3', isOutsideTarget: false } });
  await assert.rejects(runPhase(root, failing.context), { code: 'INTERRUPTED', exitStatus: 3 });
  rmSync(directory, { recursive: true });
});
