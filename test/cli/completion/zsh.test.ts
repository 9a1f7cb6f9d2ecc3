import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { completedCommands } from '../../../src/cli/completion/completed-commands.js';
import { renderZshCompletion } from '../../../src/cli/completion/zsh.js';

test('zsh loads the script for every program', (context) => {
  if (spawnSync('zsh', ['--version']).status !== 0) return context.skip('zsh is not installed');
  const script = renderZshCompletion(completedCommands());
  const programs = ['dib', 'disk-image-create', 'ramdisk-image-create', 'diskimage-builder', 'element-info'];
  const { stdout, stderr } = spawnSync(
    'zsh',
    [
      '-fc',
      `autoload -U compinit; compinit -D -u; eval "$1"; for name in ${programs.join(' ')}; do print $_comps[$name]; done`,
      'zsh',
      script,
    ],
    { encoding: 'utf8' },
  );
  assert.equal(stderr, '');
  assert.equal(stdout, '_dib_complete\n'.repeat(programs.length));
});

test('an option has one specification for each spelling', () => {
  const script = renderZshCompletion([
    {
      words: ['dib', 'boot'],
      summary: '',
      operandKind: { kind: 'files' },
      options: [
        {
          name: 'a',
          short: 'a',
          long: 'arch',
          value: 'ARCH',
          help: "Arch: it's [x].",
          completion: { kind: 'words', words: ['amd64'] },
        },
      ],
    },
  ]);
  assert.ok(script.includes(`                '*-a+[Arch\\: it'\\''s \\[x\\].]:ARCH:(amd64)' \\\n`));
  assert.ok(
    script.includes(
      `                '*--arch=[Arch\\: it'\\''s \\[x\\].]:ARCH:(amd64)' \\\n                '*:file:_files'\n`,
    ),
  );
});
