import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NamespaceKind, runInNamespace, whyNoNamespace } from '../helpers/namespace.js';

for (const kind of ['root', 'user'] as const satisfies readonly NamespaceKind[]) {
  test(`reads, listings and changes are seen, existence tests and our own reads are not (${kind})`, (context) => {
    const reason = whyNoNamespace(kind);
    if (reason !== undefined) return context.skip(reason);
    const { status, stdout, stderr } = runInNamespace({
      kind,
      program: 'test/layers/worker/watch-reads.ts',
      arguments: [],
      timeoutMs: 60_000,
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      quiet: { files: [], listings: [], changes: [], made: [] },
      read: { files: ['a/one'], listings: ['b'], changes: [], made: [] },
      existence: { files: [], listings: [], changes: [], made: [] },
      own: { files: [], listings: [], changes: [], made: [] },
      made: { files: ['a/new'], listings: [], changes: ['a', 'a/new'], made: ['a/new'] },
      changed: { files: [], listings: [], changes: ['a/one'], made: [] },
      digests: [true, true, true, true],
    });
  });
}
