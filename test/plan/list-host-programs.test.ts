import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiskLayoutSpec } from '../../src/model/layout.js';
import type { BuildRequest } from '../../src/model/request.js';
import { listHostPrograms } from '../../src/plan/list-host-programs.js';

const layoutSpec = { fileSystems: [{ type: 'ext4' }, { type: 'vfat' }, { type: 'ext4' }] } as unknown as DiskLayoutSpec;
const request = { formats: ['qcow2'], gzipProgram: 'gzip' } as unknown as BuildRequest;

const programs = (present: readonly string[], mode: 'files' | 'none' = 'files') =>
  listHostPrograms({
    request,
    elementNames: ['debootstrap', 'unknown'],
    diskMode: { mode, because: '' },
    layoutSpec,
    hasProgram: (program) => present.includes(program),
  });

test('file systems, formats and elements each name their programs, once', () => {
  const named = programs(['mmdebstrap']).map((needed) => `${needed.program} ${needed.package}: ${needed.neededBy}`);
  for (const expected of [
    'mke2fs e2fsprogs: file system ext4',
    'mcopy mtools: file system vfat',
    'qemu-img qemu-utils: output format qcow2',
    'mmdebstrap mmdebstrap: element debootstrap',
  ]) {
    assert.equal(named.filter((name) => name === expected).length, 1, expected);
  }
});

test('of alternatives the one that is there will do', () => {
  assert.ok(programs(['debootstrap']).some((needed) => needed.program === 'debootstrap'));
  assert.ok(!programs(['debootstrap']).some((needed) => needed.program === 'mmdebstrap'));
});

test('without a disk no file system is made', () => {
  assert.ok(!programs([], 'none').some((needed) => needed.program === 'mke2fs'));
});
