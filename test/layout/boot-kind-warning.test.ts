import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootKindWarning } from '../../src/layout/boot-kind-warning.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { efiLvmLayout, gptLayout, plainLayout } from './stock-layouts.js';

const parse = (text: string) => parseLayout({ text, origin: 'my.yaml', defaults: { rootFileSystemType: 'ext4' } });

test('a layout that fits DIB_BLOCK_DEVICE, or none said, gives no warning', () => {
  assert.equal(bootKindWarning({ spec: parse(efiLvmLayout), blockDevice: 'efi' }), undefined);
  assert.equal(bootKindWarning({ spec: parse(gptLayout), blockDevice: 'gpt' }), undefined);
  assert.equal(bootKindWarning({ spec: parse(gptLayout), blockDevice: 'mbr' }), undefined);
  assert.equal(bootKindWarning({ spec: parse(plainLayout), blockDevice: '' }), undefined);
});

test('a contradiction names both sides, who set the variable, and what to do', () => {
  assert.equal(
    bootKindWarning({
      spec: parse(gptLayout),
      blockDevice: 'efi',
      setBy: 'block-device-efi/environment.d/15-block-device.bash',
    }),
    'DIB_BLOCK_DEVICE is efi (set by block-device-efi/environment.d/15-block-device.bash), but the layout my.yaml has no EFI system partition on the disk with /: use block-device-gpt, or add one (type EF00)',
  );
  assert.equal(
    bootKindWarning({ spec: parse(efiLvmLayout), blockDevice: 'mbr' }),
    'DIB_BLOCK_DEVICE is mbr, but the layout my.yaml has an EFI system partition: no boot loader for UEFI is installed; use block-device-efi for one',
  );
  assert.equal(
    bootKindWarning({ spec: parse(plainLayout), blockDevice: 'mbr' }),
    'DIB_BLOCK_DEVICE is mbr, but the layout my.yaml has no partition table on the disk with /: no boot loader has a place there',
  );
});
