import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStorePrograms } from '../../src/cli/store-programs.js';
import type { Command, Programs } from '../../src/model/ports.js';

function recording(): { readonly programs: Programs; readonly seen: string[] } {
  const seen: string[] = [];
  const take = async (command: Command) => {
    seen.push([command.program, ...command.arguments].join(' '));
    return { exitStatus: 0, stdout: '', stderr: '', durationMs: 0 };
  };
  return {
    seen,
    programs: {
      run: take,
      require: take,
      requirePipeline: async (commands) => {
        for (const command of commands) await take(command);
        return { exitStatus: 0, stdout: '', stderr: '', durationMs: 0 };
      },
      find: (name) => `/bin/${name}`,
    },
  };
}

test('root runs programs as they are', async () => {
  const { programs, seen } = recording();
  const store = openStorePrograms({ userId: 0 }, programs);
  await store.programs.run({ program: 'ls', arguments: ['-l'] });
  await store.removeTrees(['/a', '/b']);
  assert.deepEqual(seen, ['ls -l', 'rm -rf --one-file-system -- /a /b']);
});

test('an ordinary user runs them where the owners are mapped', async () => {
  const { programs, seen } = recording();
  const store = openStorePrograms({ userId: 1000 }, programs);
  await store.programs.require({ program: 'ls', arguments: ['-l'] });
  await store.programs.requirePipeline([{ program: 'tar', arguments: ['-c', '.'] }]);
  await store.removeTrees(['/a']);
  assert.deepEqual(
    seen,
    ['ls -l', 'tar -c .', 'rm -rf --one-file-system -- /a'].map(
      (words) => `unshare --user --map-root-user --map-auto ${words}`,
    ),
  );
  assert.equal(store.programs.find('ls'), '/bin/ls');
});
