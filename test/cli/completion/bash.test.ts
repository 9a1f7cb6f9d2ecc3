import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { renderBashCompletion } from '../../../src/cli/completion/bash.js';
import { completedCommands } from '../../../src/cli/completion/completed-commands.js';

/** What bash offers at the end of the words; a stand-in for dib lists three elements. */
function complete(context: TestContext, words: readonly string[]): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'dib-completion-'));
  context.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'dib'), "#!/bin/sh\nprintf 'vm  A machine\\ndebian-minimal  Small\\nbase\\n'\n");
  chmodSync(join(directory, 'dib'), 0o755);
  writeFileSync(join(directory, 'notes.yaml'), '');
  const script = `${renderBashCompletion(completedCommands())}
set -eu
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
specification=$(complete -p "$1")
case "$specification" in *"-F _dib_complete "*) ;; *) exit 9 ;; esac
_dib_complete
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    encoding: 'utf8',
    cwd: directory,
    env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
  });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

test('subcommands are completed', (context) => {
  assert.deepEqual(complete(context, ['dib', '']), [
    'build',
    'plan',
    'layout',
    'explain',
    'shell',
    'blame',
    'size',
    'diff',
    'layers',
    'elements',
    'paths',
    'lint',
    'test',
    'boot',
    'completion',
  ]);
  assert.deepEqual(complete(context, ['dib', 'elements', 'r']), ['resolve']);
  assert.deepEqual(complete(context, ['dib', 'paths', '']), ['elements', 'lib']);
});

test('options are completed, of the command at hand', (context) => {
  assert.deepEqual(complete(context, ['disk-image-create', '--mk']), ['--mkfs-journal-size', '--mkfs-options']);
  assert.deepEqual(complete(context, ['dib', 'boot', '--u']), ['--uefi']);
  assert.deepEqual(complete(context, ['dib', 'plan', '-n', '--sh']), ['--show']);
  assert.deepEqual(complete(context, ['diskimage-builder', '--d']), ['--dry-run']);
});

test('elements are completed', (context) => {
  assert.deepEqual(complete(context, ['disk-image-create', '-n', 'vm', 'deb']), ['debian-minimal']);
  assert.deepEqual(complete(context, ['dib', 'elements', 'show', '']), ['vm', 'debian-minimal', 'base']);
  assert.deepEqual(complete(context, ['ramdisk-image-create', '--ramdisk-element', 'b']), ['base']);
});

test('values are completed, in lists, after a blank and after an equals sign', (context) => {
  assert.deepEqual(complete(context, ['disk-image-create', '-t', 'qcow2,tg']), ['qcow2,tgz']);
  assert.deepEqual(complete(context, ['dib', 'build', '--cache', 'f']), ['fresh']);
  assert.deepEqual(complete(context, ['dib', 'build', '--cache', '=', 'f']), ['fresh']);
  assert.deepEqual(complete(context, ['dib', 'build', '--cache', '=']), ['on', 'fresh', 'trust', 'off']);
  assert.deepEqual(complete(context, ['disk-image-create', '--image-size', '']), []);
});

test('files are completed, and programs with a directory before their name', (context) => {
  assert.deepEqual(complete(context, ['diskimage-builder', 'no']), ['notes.yaml']);
});
