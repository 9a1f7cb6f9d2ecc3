import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScope, withScope } from '../../src/base/scope.js';

test('what was acquired is released in reverse order, once', async () => {
  const released: string[] = [];
  const scope = openScope();
  scope.onClose('first', () => void released.push('first'));
  scope.onClose('second', async () => void released.push('second'));
  await scope.close();
  await scope.close();
  assert.deepEqual(released, ['second', 'first']);
});

test('a failing release does not keep the others from being released', async () => {
  const released: string[] = [];
  const scope = openScope();
  scope.onClose('first', () => void released.push('first'));
  scope.onClose('broken', () => Promise.reject(new Error('no')));
  await assert.rejects(scope.close(), { name: 'AggregateError', message: 'releasing broken failed' });
  assert.deepEqual(released, ['first']);
});

test("the work's own failure wins, and the scope is closed all the same", async () => {
  const released: string[] = [];
  const work = withScope(async (scope) => {
    scope.onClose('thing', () => {
      released.push('thing');
      throw new Error('release failed');
    });
    throw new Error('work failed');
  });
  await assert.rejects(work, { message: 'work failed' });
  assert.deepEqual(released, ['thing']);
  assert.equal(await withScope(async () => 7), 7);
});
