import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMkfs } from '../../src/disk/run-mkfs.js';
import type { EventContent } from '../../src/model/event.js';
import { openDiskPorts } from './disk-ports.js';
import { fileSystem } from './disk-values.js';

const request = {
  filePath: '/file',
  offsetBytes: 0,
  sizeBytes: 1024,
  fileSystem: fileSystem({ type: 'ext4', atMebibytes: 0, sizeMebibytes: 3 }),
  treeDirectory: '/',
  workDirectory: '/',
  isEfiSystemPartition: false,
};

function shell(script: string) {
  return { program: 'sh', arguments: ['-c', script] };
}

test('warnings of a program that succeeds go to the log', async () => {
  const events: EventContent[] = [];
  await runMkfs(shell('echo careful >&2; echo fine'), request, openDiskPorts(events));
  assert.deepEqual(events, [{ kind: 'output', stream: 'stderr', source: 'sh', text: 'careful' }]);
});

test('a tree that does not fit is told as that, with the size', async () => {
  const script = 'echo "mke2fs: Could not allocate block in ext2 filesystem" >&2; exit 1';
  await assert.rejects(runMkfs(shell(script), request, openDiskPorts()), {
    code: 'LAYOUT_TOO_SMALL',
    message: [
      'the ext4 file system "mkfs_ext4" for / of 3 MiB cannot hold its part of the tree',
      '  mke2fs: Could not allocate block in ext2 filesystem',
    ].join('\n'),
  });
});

test('any other failure shows what was said and the command', async () => {
  await assert.rejects(runMkfs(shell('echo "bad option" >&2; exit 3'), request, openDiskPorts()), {
    code: 'COMMAND_FAILED',
    message: 'sh exited with 3 while making the ext4 file system "mkfs_ext4" for /\n  bad option',
    hint: 'the command was: sh -c echo "bad option" >&2; exit 3',
  });
});
