import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { libDirectory } from '../../../src/base/assets.js';
import { runDibRunParts } from '../../../src/cli/commands/dib-run-parts.js';
import { programTable } from '../../../src/cli/program-table.js';
import type { Command } from '../../../src/model/ports.js';
import { openRecordingWorld } from '../recording-world.js';

test('the shell program gets the words, the environment and the terminal', async (context) => {
  const world = openRecordingWorld(context);
  const ports = await world.openPorts();
  const commands: Command[] = [];
  const row = programTable.find((program) => program.name === 'dib-run-parts');
  assert.ok(row !== undefined);
  const run = async (command: Command) => {
    commands.push(command);
    return { exitStatus: 9, stdout: '', stderr: '', durationMs: 0 };
  };
  const status = await runDibRunParts({
    programName: 'dib-run-parts',
    row,
    arguments: ['--list', 'x.d'],
    world: { ...world, openPorts: async () => ({ ...ports, programs: { ...ports.programs, run } }) },
  });
  assert.equal(status, 9);
  assert.deepEqual(commands, [
    {
      program: 'bash',
      arguments: [`${libDirectory}/dib-run-parts`, '--list', 'x.d'],
      environment: world.environment,
      workingDirectory: world.workingDirectory,
      isInteractive: true,
    },
  ]);
});

test('the shell program is there', () => {
  assert.ok(existsSync(`${libDirectory}/dib-run-parts`));
});
