import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { completedCommands } from '../../../src/cli/completion/completed-commands.js';
import { renderFishCompletion } from '../../../src/cli/completion/fish.js';

/** What fish offers for a command line, without descriptions; undefined where fish is not installed. */
function complete(context: TestContext, line: string): readonly string[] | undefined {
  if (spawnSync('fish', ['--version']).status !== 0) {
    context.skip('fish is not installed');
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), 'dib-completion-'));
  context.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'dib'), "#!/bin/sh\nprintf 'vm  A machine\\ndebian-minimal  Small\\nbase\\n'\n");
  chmodSync(join(directory, 'dib'), 0o755);
  writeFileSync(join(directory, 'script.fish'), renderFishCompletion(completedCommands()));
  const { stdout, stderr } = spawnSync(
    'fish',
    ['--no-config', '-c', 'source script.fish; complete -C $argv[1]', line],
    {
      encoding: 'utf8',
      cwd: directory,
      env: { ...process.env, HOME: directory, PATH: `${directory}:${process.env.PATH}` },
    },
  );
  assert.equal(stderr, '');
  return stdout
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => text.replace(/\t.*/, ''));
}

test('subcommands, options, values and elements are completed', (context) => {
  const expectations: readonly (readonly [line: string, words: readonly string[]])[] = [
    ['dib el', ['elements']],
    ['dib elements ', ['list', 'show', 'resolve', 'digest']],
    ['dib elements show d', ['debian-minimal']],
    ['dib paths ', ['elements', 'lib']],
    ['disk-image-create --mkfs-j', ['--mkfs-journal-size']],
    ['dib plan --show la', ['layout']],
    ['dib build --cache=f', ['--cache=fresh']],
  ];
  for (const [line, words] of expectations) {
    const offered = complete(context, line);
    if (offered === undefined) return;
    assert.deepEqual([...offered].sort(), [...words].sort(), line);
  }
});
