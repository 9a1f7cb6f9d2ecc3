import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOfImage } from '../../src/request/image-command.js';

const options = { homeDirectory: '/home/me' };

test('every key becomes its argument, in one fixed order', () => {
  const command = commandOfImage(
    {
      elements: ['vm', '-odd'],
      'skip-base': true,
      packages: ['vim', 'git'],
      'docker-target': 'a/b',
      'install-type': 'package',
      'ramdisk-element': 'r',
      'root-label': 'root',
      'qemu-img-options': { size: '3G', compat: '0.10' },
      offline: true,
      'no-tmpfs': true,
      'mkfs-options': '-I 256',
      'mkfs-journal-size': 32,
      'min-tmpfs': 4,
      'max-online-resize': 5,
      'image-cache': '~/cache',
      'image-extra-size': 100,
      'image-size': 3,
      checksum: true,
      logfile: '~/log',
      clear: true,
      uncompressed: true,
      'debug-trace': 2,
      environment: { A: '1' },
      types: ['qcow2', 'tar'],
      arch: 'amd64',
      imagename: 'out/x',
    },
    options,
  );
  assert.deepEqual(command, {
    programName: 'disk-image-create',
    arguments: [
      ...['-o', 'out/x', '-a', 'amd64', '-t', 'qcow2,tar', '-x', '-x', '-u', '-c', '--logfile', '~/log'],
      ...['--checksum', '--image-size', '3', '--image-extra-size', '100', '--image-cache', '/home/me/cache'],
      ...['--max-online-resize', '5', '--min-tmpfs', '4', '--mkfs-journal-size', '32', '--mkfs-options', '-I 256'],
      ...['--no-tmpfs', '--offline', '--qemu-img-options', 'size=3G,compat=0.10', '--root-label', 'root'],
      ...['--ramdisk-element', 'r', '--install-type', 'package', '--docker-target', 'a/b', '-p', 'vim,git', '-n'],
      ...['--', 'vm', '-odd'],
    ],
    environment: { A: '1' },
  });
});

test('empty and false values give nothing', () => {
  const definition = {
    imagename: '',
    types: [],
    environment: {},
    'debug-trace': 0 as const,
    uncompressed: false,
    'qemu-img-options': {},
    packages: [],
    elements: [],
  };
  assert.deepEqual(commandOfImage(definition, options), {
    programName: 'disk-image-create',
    arguments: [],
    environment: {},
  });
});

test('a ramdisk is made by the other program', () => {
  assert.deepEqual(commandOfImage({ ramdisk: true, elements: ['deploy'] }, options), {
    programName: 'ramdisk-image-create',
    arguments: ['--', 'deploy'],
    environment: {},
  });
});
