import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tarCommand } from '../../src/formats/tar.js';

test('the whole command of a plain archive', () => {
  assert.deepEqual(tarCommand({ treeDirectory: '/tree', mountPoints: [] }), {
    program: 'tar',
    arguments: [
      '--create',
      '--file=-',
      '--format=posix',
      '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
      '--numeric-owner',
      '--sort=name',
      '--xattrs',
      '--xattrs-include=*',
      '--anchored',
      '--wildcards',
      '--wildcards-match-slash',
      '--exclude=./dev/*',
      '--exclude=./proc/*',
      '--exclude=./sys/*',
      '--exclude=./lost+found',
      '--directory=/tree',
      '.',
    ],
  });
});

test('a date, a file, another root and mounts add their arguments', () => {
  const command = tarCommand({
    treeDirectory: '/tree',
    mountPoints: ['srv/[x]'],
    archivePath: '/out/image.aci',
    memberRoot: 'rootfs',
    sourceDateEpochSeconds: 12,
  });
  const plain = tarCommand({ treeDirectory: '/tree', mountPoints: [] }).arguments;
  assert.deepEqual(
    command.arguments.filter((argument) => !plain.includes(argument)),
    [
      '--file=/out/image.aci',
      '--mtime=@12',
      '--clamp-mtime',
      '--transform=flags=rhS;s,^\\.,rootfs,',
      '--exclude=./srv/\\[x\\]/*',
    ],
  );
});
