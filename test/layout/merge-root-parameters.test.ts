import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { efiLvmLayout, gptLayout, plainLayout } from './stock-layouts.js';

const rootOf = (text: string, defaults: Parameters<typeof parseLayout>[0]['defaults']) => {
  const { fileSystems } = parseLayout({ text, origin: 't', defaults });
  const root =
    fileSystems.find(({ name }) => name === 'mkfs_root') ?? fileSystems.find(({ name }) => name === 'fs_root');
  return [root?.type, root?.label, root?.options, root?.takesRootOptions];
};

test('type, label and options go where the layout leaves them open', () => {
  assert.deepEqual(rootOf(plainLayout, { rootFileSystemType: 'ext4' }), ['ext4', 'cloudimg-rootfs', [], true]);
  assert.deepEqual(rootOf(plainLayout, { rootFileSystemType: 'xfs' }), ['xfs', 'img-rootfs', [], true]);
  assert.deepEqual(rootOf(plainLayout, { rootFileSystemType: 'ext4', rootLabel: '1234', rootOptions: '-i 4096' }), [
    'ext4',
    '1234',
    ['-i', '4096'],
    undefined,
  ]);
  assert.deepEqual(rootOf(plainLayout, { rootFileSystemType: 'ext4', rootLabel: '', rootOptions: ' ' }), [
    'ext4',
    'cloudimg-rootfs',
    [],
    true,
  ]);
});

test('what the layout says stays', () => {
  assert.deepEqual(rootOf(gptLayout, { rootFileSystemType: 'xfs' }), ['ext4', 'cloudimg-rootfs', [], true]);
  assert.deepEqual(
    rootOf(gptLayout.replace('type: ext4', 'type: ext4\n          opts: "-m 0"\n          label: mine'), {
      rootFileSystemType: 'xfs',
      rootLabel: 'theirs',
      rootOptions: '-i 1024',
    }),
    ['ext4', 'mine', ['-m', '0'], undefined],
  );
});

test('another name than mkfs_root gets nothing', () => {
  assert.deepEqual(rootOf(efiLvmLayout, { rootFileSystemType: 'ext4', rootLabel: 'x', rootOptions: '-m 0' }), [
    'xfs',
    'img-rootfs',
    [],
    undefined,
  ]);
});
