import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { faultsOf } from '../../src/base/build-error.js';
import { makeBuildPlan } from '../../src/build/make-build-plan.js';
import type { BuildRequest } from '../../src/model/request.js';
import { parseBuildRequest } from '../../src/request/parse-build-request.js';
import { openTestPorts } from '../helpers/ports.js';

const elements = mkdtempSync(join(tmpdir(), 'make-build-plan-'));
after(() => rmSync(elements, { recursive: true }));

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(join(elements, path, '..'), { recursive: true });
  writeFileSync(join(elements, path), text, { mode });
}

write('my-os/element-provides', 'operating-system\n');
write('my-os/root.d/10-make', '#!/bin/bash\n', 0o755);
write('my-os/environment.d/10-my-os', 'export DISTRO_NAME=debian\nexport DIB_RELEASE=bookworm\n');
write('says-efi/environment.d/15-says-efi', 'export DIB_BLOCK_DEVICE=efi\n');
write('broken-env/environment.d/20-broken', 'export X=$NOT_SET_ANYWHERE\n');
write('broken-packages/package-installs.yaml', 'vim:\n  phase: instal.d\n');
write('broken-packages/element-deps', 'package-installs\n');
write(
  'bad-layout/block-device-default.yaml',
  '- local_loop:\n    name: image0\n    mkfs:\n      mount: {mount_point: /}\n      typ: ext4\n- partitionin: {}\n',
);

function requestOf(...words: readonly string[]): BuildRequest {
  const parsed = parseBuildRequest({
    programName: 'disk-image-create',
    arguments: words,
    environment: { ELEMENTS_PATH: elements, PATH: process.env.PATH ?? '' },
    workingDirectory: '/tmp',
    hostArchitecture: 'amd64',
    homeDirectory: '/home/me',
    builtinElementsDirectory,
  } as Parameters<typeof parseBuildRequest>[0]);
  if (parsed.kind !== 'build') throw new Error('not a build');
  return parsed.request;
}

test('the plan has the environment with the files that set it, the layout, the steps with their hooks', async () => {
  const { plan, coreEnvironment } = await makeBuildPlan(requestOf('-n', '-o', 'x', 'my-os'), openTestPorts());
  assert.equal(plan.environment.values.DISTRO_NAME, 'debian');
  assert.equal(plan.environment.setBy.DISTRO_NAME, 'my-os/environment.d/10-my-os');
  assert.equal(plan.diskMode.mode, 'files');
  assert.equal(plan.layoutSpec?.origin, 'built-in');
  assert.equal(coreEnvironment.DIB_ROOT_LABEL, 'cloudimg-rootfs');
  const root = plan.steps.find((step) => step.kind === 'run-phase' && step.phase === 'root');
  assert.deepEqual(root?.kind === 'run-phase' ? root.hooks.map((hook) => [hook.name, hook.element]) : [], [
    ['10-make', 'my-os'],
  ]);
  assert.ok(plan.hostPrograms.some((needed) => needed.program === 'qemu-img'));
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
});

test('faults of layout, environment and package lists come together', async () => {
  const request = requestOf('-n', '-o', 'x', 'my-os', 'broken-env', 'broken-packages', 'bad-layout');
  await assert.rejects(makeBuildPlan(request, openTestPorts()), (error: unknown) => {
    const codes = new Set(faultsOf(error).map((fault) => fault.code));
    assert.deepEqual([...codes].sort(), ['HOOK_FAILED', 'LAYOUT_INVALID', 'PACKAGE_RULE_INVALID']);
    return true;
  });
});

test('a layout that contradicts DIB_BLOCK_DEVICE gives a warning, unless no disk is made', async () => {
  const words = ['-n', '-o', 'x', 'my-os', 'says-efi'];
  const { plan } = await makeBuildPlan(requestOf(...words), openTestPorts());
  assert.deepEqual(plan.warnings, [
    'DIB_BLOCK_DEVICE is efi (set by says-efi/environment.d/15-says-efi), but the layout built-in has no partition table on the disk with /: no boot loader has a place there',
  ]);
  const archive = await makeBuildPlan(requestOf('-t', 'tar', ...words), openTestPorts());
  assert.deepEqual(archive.plan.warnings, []);
});

test('exported functions of the engine are there for host hooks', async () => {
  const { coreEnvironment } = await makeBuildPlan(requestOf('-n', '-o', 'x', 'my-os'), openTestPorts());
  const { programs } = openTestPorts();
  const died = await programs.run({
    program: 'bash',
    arguments: ['-c', 'true; die "no good"'],
    environment: coreEnvironment,
  });
  assert.deepEqual([died.exitStatus, died.stderr], [1, 'ERROR: no good\n']);
  const listed = await programs.run({
    program: 'bash',
    arguments: ['-c', 'eval declare -A elements=($(get_image_element_array)); echo "${elements[my-os]}"'],
    environment: coreEnvironment,
  });
  assert.equal(listed.stdout.trim(), join(elements, 'my-os'));
});
