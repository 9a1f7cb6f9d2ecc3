import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';

/** Starts a program of the sources as a process of its own. */
function start(context: TestContext, programName: string, words: readonly string[]): ChildProcess {
  const directory = mkdtempSync(join(tmpdir(), 'dib-main-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const launcher = join(directory, 'launch.mjs');
  writeFileSync(
    launcher,
    `import { main } from ${JSON.stringify(`${packageDirectory}/src/cli/main.ts`)};\nawait main(${JSON.stringify(programName)});\n`,
  );
  return spawn(process.execPath, ['--import', 'tsx', launcher, ...words], { cwd: packageDirectory });
}

async function outcomeOf(child: ChildProcess): Promise<{ readonly status: number | null; out: string; error: string }> {
  let out = '';
  let error = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    error += chunk.toString();
  });
  const status = await new Promise<number | null>((done) => child.once('close', done));
  return { status, out, error };
}

test('the process ends with the status of the command', async (context) => {
  assert.deepEqual(await outcomeOf(start(context, 'dib', ['paths', 'nothing'])), {
    status: 1,
    out: '',
    error: 'error USAGE: dib paths knows no "nothing"\n  hint: there are elements, lib\n',
  });
  assert.deepEqual(await outcomeOf(start(context, 'diskimage-builder', [])), {
    status: 2,
    out: '',
    error: 'error USAGE: diskimage-builder needs FILE…\n  hint: see --help\n',
  });
});

test('a reader that goes away ends the process without a word', async (context) => {
  const child = start(context, 'dib', ['elements', 'list', '--json']);
  child.stdout?.destroy();
  const { status, error } = await outcomeOf(child);
  assert.deepEqual([status, error], [141, '']);
});
