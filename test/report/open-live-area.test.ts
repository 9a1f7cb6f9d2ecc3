import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLiveArea } from '../../src/report/open-live-area.js';
import { openScreen } from './screen.js';

test('lines scroll above an area that is redrawn in place', () => {
  const screen = openScreen(20);
  const area = openLiveArea({ write: screen.write, columns: () => screen.columns });
  area.show([{ text: 'status 1' }, { text: 'more' }]);
  area.print(['done one']);
  area.show([{ text: 'status 2' }]);
  area.print(['done two', 'done three']);
  assert.deepEqual(screen.lines(), ['done one', 'done two', 'done three', 'status 2']);
  assert.equal(screen.isCursorShown(), false);
  area.close();
  assert.deepEqual(screen.lines(), ['done one', 'done two', 'done three']);
  assert.equal(screen.isCursorShown(), true);
});

test('long lines are cut to the width, one column free', () => {
  const screen = openScreen(10);
  const area = openLiveArea({ write: screen.write, columns: () => screen.columns });
  area.show([{ text: '0123456789abc', rendition: '2' }]);
  assert.deepEqual(screen.lines(), ['01234567…']);
});

test('after the terminal became narrower the wrapped rows are erased too', () => {
  const screen = openScreen(40);
  const area = openLiveArea({ write: screen.write, columns: () => screen.columns });
  area.print(['kept']);
  area.show([{ text: 'x'.repeat(30) }, { text: 'y'.repeat(5) }]);
  screen.resize(12);
  assert.deepEqual(screen.lines(), ['kept', 'x'.repeat(12), 'x'.repeat(12), 'x'.repeat(6), 'y'.repeat(5)]);
  area.show([{ text: 'new' }]);
  assert.deepEqual(screen.lines(), ['kept', 'new']);
});

test('an area that never showed anything writes nothing when it closes', () => {
  const screen = openScreen(20);
  openLiveArea({ write: screen.write, columns: () => screen.columns }).close();
  assert.equal(screen.written(), '');
});

test('a terminal that does not know its width is taken to have 80 columns', () => {
  const screen = openScreen(80);
  const area = openLiveArea({ write: screen.write, columns: () => 0 });
  area.show([{ text: 'x'.repeat(100) }]);
  assert.deepEqual(screen.lines(), [`${'x'.repeat(78)}…`]);
});
