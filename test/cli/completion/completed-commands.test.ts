import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completedCommands, nextWords } from '../../../src/cli/completion/completed-commands.js';

test('all programs and subcommands are completed', () => {
  const commands = completedCommands();
  assert.deepEqual(nextWords(commands, []), [
    'dib',
    'disk-image-create',
    'ramdisk-image-create',
    'diskimage-builder',
    'element-info',
    'dib-lint',
    'dib-run-parts',
    'dib-block-device',
  ]);
  assert.deepEqual(nextWords(commands, ['dib', 'elements']), ['list', 'show', 'resolve', 'digest']);
  assert.deepEqual(nextWords(commands, ['dib', 'plan']), []);
});
