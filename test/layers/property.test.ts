import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type NamespaceKind, openScratch, runInNamespace, whyNoNamespace } from '../helpers/namespace.js';

/** Edits in all, each built warm and cold: 100 in about a minute, more with `DIB_TEST_EDITS`. */
const editCount = Number(process.env.DIB_TEST_EDITS ?? 100);
const seed = process.env.DIB_TEST_SEED ?? '7';

for (const [kind, share] of [
  ['root', 0.75],
  ['user', 0.25],
] as const) {
  test(`after random edits the warm tree equals the cold tree (${kind})`, (context) =>
    compare(context, kind, Math.round(editCount * share)));
}

function compare(context: TestContext, kind: NamespaceKind, count: number): void {
  const reason = whyNoNamespace(kind);
  if (reason !== undefined) {
    context.skip(reason);
    return;
  }
  const scratch = openScratch(context, kind);
  const { status, stdout, stderr } = runInNamespace({
    kind,
    program: 'test/layers/worker/compare-warm-and-cold.ts',
    arguments: [seed, String(count), scratch, `${scratch}/base`],
    timeoutMs: 900_000,
  });
  assert.equal(status, 0, `${stderr}\n${stdout}`);
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
  context.diagnostic(JSON.stringify(result));
  assert.equal(result.differenceCount, 0);
  // A cache that never reuses is right, and useless.
  assert.ok((result.reusedCount ?? 0) > (result.runCount ?? 0) / 4, JSON.stringify(result));
}
