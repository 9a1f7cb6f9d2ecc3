import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScratch, runInNamespace, whyNoNamespace } from '../helpers/namespace.js';

for (const kind of ['root', 'user'] as const) {
  test(`edits run what they touch, and the reason is told (${kind})`, (context) => {
    const reason = whyNoNamespace(kind);
    if (reason !== undefined) return context.skip(reason);
    const { status, stdout, stderr } = runInNamespace({
      kind,
      program: 'test/layers/worker/scenarios.ts',
      arguments: [openScratch(context, kind)],
      timeoutMs: 240_000,
    });
    assert.equal(status, 0, stderr);
    const afterFirst = 'it never ran on the tree that install.d/10-first left now';
    const afterSecond = 'it never ran on the tree that install.d/20-second left now';
    const added = 'names in the staging directory outside of phases changed: data/flag of element two is new';
    const removed = 'names in the staging directory outside of phases changed: data/flag of element two is gone';
    const second = 'file install.d/20-second of element two changed: line 3:';
    const reading = '"cat "$(dirname "$0")/../data/word" > /made/second"';
    const half = '"echo half > /made/half; exit 3"';
    const whole = '"echo whole > /made/second"';
    const touching = '"touch /tmp/in_target.d/new 2>/dev/null || true; echo wrote > /made/second"';
    const asked = 'asked to run everything (--cache=fresh)';
    assert.deepEqual(JSON.parse(stdout), {
      cold: [
        'run | 10-first | it never ran on the tree that root.d/10-root left now',
        `run | 20-second | ${afterFirst}`,
        `run | 30-third | ${afterSecond}`,
      ],
      again: ['reused | 10-first', 'reused | 20-second', 'reused | 30-third'],
      isSame: true,
      dataChanged: [
        'reused | 10-first',
        'run | 20-second | file data/word of element two changed: line 1: "one" became "two"',
        `run | 30-third | ${afterSecond}`,
      ],
      variableChanged: [
        'run | 10-first | variable DIB_FIRST is new',
        `run | 20-second | ${afterFirst}`,
        `run | 30-third | ${afterSecond}`,
      ],
      fileAdded: [
        `run | 10-first | variable DIB_FIRST is gone | ${added}`,
        `run | 20-second | ${added} | ${afterFirst}`,
        `run | 30-third | ${added} | ${afterSecond}`,
      ],
      fileRemoved: [
        `reused | 10-first | ${removed}`,
        `reused | 20-second | ${removed}`,
        `reused | 30-third | ${removed}`,
      ],
      fresh: [`run | 10-first | ${asked}`, `run | 20-second | ${asked}`, `run | 30-third | ${asked}`],
      failed: [
        ['reused | 10-first', `failed | 20-second | ${second} ${reading} became ${half}`],
        'BuildError: hook install.d/20-second of element two exited with 3',
      ],
      failedUpper: 'half\n',
      resumed: [
        'reused | 10-first',
        `run | 20-second | ${second} ${half} became ${whole}`,
        `run | 30-third | ${afterSecond}`,
      ],
      healed: [['reused | 10-first', 'run | 20-second | its layer is no longer in the store', 'reused | 30-third'], 1],
      isHealed: true,
      stagingWritten: [
        'reused | 10-first',
        `run | 20-second | ${second} ${whole} became ${touching}`,
        `run | 30-third | ${afterSecond}`,
      ],
      leftover: [
        [
          'reused | 10-first',
          `run | 20-second | ${second} ${touching} became "sleep 100 & true"`,
          `run | 30-third | ${afterSecond}`,
        ],
        ['reused | 10-first', 'reused | 20-second', 'reused | 30-third'],
      ],
      asking: [
        'reused | 10-first',
        'reused | 20-second',
        'reused | 30-third',
        'run | 40-asks | names in install.d changed: install.d/60-late of element two is new',
        'reused | 50-costly',
        'run | 60-late | hook install.d/60-late of element two is new',
      ],
      moved: ['reused | 10-first', 'run | 20-second | variable DIB_PLACE changed'],
      leftBehind: [[], []],
    });
  });
}

test('more hooks than the kernel takes layers share some, and the tree is the same', (context) => {
  const reason = whyNoNamespace('root');
  if (reason !== undefined) return context.skip(reason);
  const { status, stdout, stderr } = runInNamespace({
    kind: 'root',
    program: 'test/layers/worker/many-layers.ts',
    arguments: [openScratch(context, 'root'), '215'],
    timeoutMs: 240_000,
  });
  assert.equal(status, 0, stderr);
  const { warmMs, ...result } = JSON.parse(stdout) as Record<string, unknown>;
  context.diagnostic(`warm: ${warmMs} ms`);
  assert.deepEqual(result, { errors: [null, null, null], isSame: true, depth: 201, ranCount: 0 });
});
