import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildEvent } from '../../src/model/event.js';
import { openTerminalView } from '../../src/report/open-terminal-view.js';
import { failingEvents, sampleEvents } from './sample-events.js';
import { openScreen, type Screen } from './screen.js';

function openView({ traceLevel = 0, hasColour = false }: { traceLevel?: number; hasColour?: boolean } = {}) {
  const screen: Screen = openScreen(100);
  let now = 0;
  let repaint = (): void => undefined;
  let isRepeating = true;
  const view = openTerminalView({
    write: screen.write,
    columns: () => screen.columns,
    nowMs: () => now,
    hasColour,
    traceLevel,
    repeat: (act) => {
      repaint = act;
      return () => {
        isRepeating = false;
      };
    },
  });
  return {
    screen,
    view,
    take: (events: readonly BuildEvent[]) => {
      for (const event of events) view.take(event);
    },
    repaintAt: (atMs: number) => {
      now = atMs;
      repaint();
    },
    isRepeating: () => isRepeating,
  };
}

test('while a hook runs, three lines tell step, hook and what the package manager does', () => {
  const { screen, take, repaintAt } = openView();
  take(sampleEvents.slice(0, 4));
  take([
    { kind: 'output', atMs: 4, stream: 'stdout', source: 'x', text: '0 upgraded, 2 newly installed, 0 to remove' },
    { kind: 'output', atMs: 5, stream: 'stdout', source: 'x', text: 'Unpacking less (590) ...' },
    { kind: 'output', atMs: 6, stream: 'stdout', source: 'x', text: '' },
  ]);
  repaintAt(12_900);
  assert.deepEqual(screen.lines(), [
    'diskimage-builder 1.2.3: base vm → qcow2',
    '[1/2] install · hook 1 of 2 · 12.0 s',
    '  01-a of base · 12.0 s',
    '   52 % unpacking less',
  ]);
});

test('a finished build leaves one line a step, the artifacts and the timings', () => {
  const { screen, view, take, isRepeating } = openView();
  take(sampleEvents);
  view.close();
  assert.deepEqual(screen.lines(), [
    'diskimage-builder 1.2.3: base vm → qcow2',
    '✓ install  2.0 s, 2 hooks, 1 reused',
    'warning: little space',
    '✓ /out/image.qcow2  3 MiB',
    '✓ write qcow2  5 ms',
    'Timings:',
    '  install           2.0 s  1 of 2 hooks reused',
    '  write qcow2        5 ms',
    '  slowest: install.d/01-a of element base, 2.0 s',
    'Build completed in 2.0 s',
  ]);
  assert.equal(screen.isCursorShown(), true);
  assert.equal(isRepeating(), false);
});

test('a failure shows what the hook said last and stays on the screen', () => {
  const { screen, view, take } = openView();
  take(failingEvents);
  view.close();
  assert.deepEqual(screen.lines(), [
    'diskimage-builder 1.2.3: my-app → raw',
    '✗ phase install: hook 50-app of element my-app failed with status 6 after 1.5 s',
    '  fetching app',
    '  curl: (6) Could not resolve host',
    'Build failed after 1.5 s, exit status 6',
  ]);
});

test('with a trace level, output scrolls by and is not repeated after the failure', () => {
  const { screen, view, take } = openView({ traceLevel: 1 });
  take(failingEvents);
  view.close();
  assert.deepEqual(screen.lines(), [
    'diskimage-builder 1.2.3: my-app → raw',
    'fetching app',
    'curl: (6) Could not resolve host',
    '✗ phase install: hook 50-app of element my-app failed with status 6 after 1.5 s',
    'cleaning up',
    'Build failed after 1.5 s, exit status 6',
  ]);
});

test('colour is written only when it is wanted', () => {
  const plain = openView({ hasColour: false });
  plain.take(sampleEvents);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: renditions begin with an escape
  assert.equal(/\u001b\[[0-9;]*m/.test(plain.screen.written()), false);
  const coloured = openView({ hasColour: true });
  coloured.take(sampleEvents);
  assert.equal(coloured.screen.written().includes('\u001b[32m✓\u001b[0m install'), true);
});
