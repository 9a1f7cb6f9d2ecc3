import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assetsDirectory } from '../../src/base/assets.js';
import { eventSchema, formatEventSchema } from '../../src/report/event-schema.js';
import { failingEvents, sampleEvents } from './sample-events.js';

test('every kind of event fits the schema', () => {
  const kinds = new Set<string>();
  for (const event of [...sampleEvents, ...failingEvents]) {
    assert.deepEqual(eventSchema.parse(event), event);
    kinds.add(event.kind);
  }
  assert.deepEqual([...kinds].sort(), eventSchema.options.map((option) => option.shape.kind.value).sort());
});

test('an event with a wrong, missing or unknown field does not fit', () => {
  const event = { kind: 'message', atMs: 1, level: 'info', text: 'x' };
  assert.equal(eventSchema.safeParse(event).success, true);
  assert.equal(eventSchema.safeParse({ ...event, level: 'loud' }).success, false);
  assert.equal(eventSchema.safeParse({ ...event, extra: 1 }).success, false);
  assert.equal(eventSchema.safeParse({ kind: 'message', level: 'info', text: 'x' }).success, false);
});

test('the checked-in JSON Schema is the one that the definition gives', () => {
  assert.equal(readFileSync(join(assetsDirectory, 'schema', 'event.schema.json'), 'utf8'), formatEventSchema());
});
