import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BuildError } from '../../../src/base/build-error.js';
import type { CommandBody } from '../../../src/cli/command-row.js';
import { buildImages } from '../../../src/cli/commands/diskimage-builder.js';
import { openRecordingWorld } from '../recording-world.js';
import { runLine } from './run-line.js';

const images = [
  { name: 'a', definition: { imagename: 'a', elements: ['x'], environment: { A: '1 2' } } },
  { name: 'bb', definition: { imagename: 'bb', ramdisk: true } },
  { name: 'c', definition: {} },
];

/** A build that ends as told, and remembers how it was called. */
function scriptedBuild(statuses: readonly number[]) {
  const calls: string[] = [];
  const build: CommandBody = async ({ programName, row, arguments: words, world }) => {
    calls.push([programName, row.name, world.environment.A ?? '', ...words].join('|'));
    const status = statuses[calls.length - 1] ?? 0;
    if (status === 99) throw new BuildError({ code: 'SPACE_MISSING', message: 'full', exitStatus: 5 });
    return status;
  };
  return { calls, build };
}

async function build(context: TestContext, statuses: readonly number[], stopsOnFailure = false, isDryRun = false) {
  const world = openRecordingWorld(context);
  const scripted = scriptedBuild(statuses);
  const outcomes = await buildImages({ images, world, build: scripted.build, isDryRun, stopsOnFailure });
  return { outcomes: outcomes.map(({ status }) => status), calls: scripted.calls, error: world.written.error };
}

test('images are built in order, each with its own program, arguments and environment', async (context) => {
  const { outcomes, calls, error } = await build(context, []);
  assert.deepEqual(outcomes, [0, 0, 0]);
  assert.deepEqual(calls, [
    'disk-image-create|disk-image-create|1 2|-o|a|--|x',
    'ramdisk-image-create|ramdisk-image-create||-o|bb',
    'disk-image-create|disk-image-create|',
  ]);
  assert.equal(error, "A='1 2' disk-image-create -o a -- x\n\nramdisk-image-create -o bb\n\ndisk-image-create\n\n");
});

test('a failure does not keep the next images from being built', async (context) => {
  const { outcomes, error } = await build(context, [7, 99, 0]);
  assert.deepEqual(outcomes, [7, 5, 0]);
  assert.match(error, /\nerror SPACE_MISSING: full\n/);
});

test('it does when asked to stop', async (context) => {
  assert.deepEqual((await build(context, [0, 3, 0], true)).outcomes, [0, 3]);
});

test('a dry run only shows the commands', async (context) => {
  const { outcomes, calls, error } = await build(context, [], false, true);
  assert.deepEqual([outcomes, calls], [[], []]);
  assert.match(error, /^A='1 2' disk-image-create/);
});

test('programs are found on the path that an image sets', async (context) => {
  const found: (string | undefined)[] = [];
  await buildImages({
    images: [
      { name: 'a', definition: { environment: { PATH: '/nowhere' } } },
      { name: 'b', definition: {} },
    ],
    world: openRecordingWorld(context),
    isDryRun: false,
    stopsOnFailure: false,
    build: async ({ world }) => {
      found.push((await world.openPorts()).programs.find('sh'));
      return 0;
    },
  });
  assert.deepEqual([found[0], found[1]?.endsWith('/sh')], [undefined, true]);
});

test('a stop ends the row of images', async (context) => {
  const stops: (() => void)[] = [];
  const world = { ...openRecordingWorld(context), onStopSignal: (stop: () => void) => void stops.push(stop) };
  const outcomes = await buildImages({
    images,
    world,
    isDryRun: false,
    stopsOnFailure: false,
    build: async (invocation) => {
      invocation.world.onStopSignal(() => undefined);
      stops[0]?.();
      return 130;
    },
  });
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    [130],
  );
});

test('files are read, merged and shown by a dry run', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-yaml-'));
  context.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'a.yaml'), '- imagename: x\n  elements: [vm]\n- elements: [debian-minimal]\n');
  assert.deepEqual(await runLine(context, `diskimage-builder --dry-run ${directory}/a.yaml`), {
    status: 0,
    out: '',
    error: 'disk-image-create -o x -- vm debian-minimal\n\n',
  });
});

test('the exit status is that of the last image that failed', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-yaml-'));
  context.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(
    join(directory, 'a.yaml'),
    '- imagename: x\n- imagename: y\n  elements: [no-such-element]\n  skip-base: true\n',
  );
  const { status, error } = await runLine(context, `diskimage-builder --jobs 1 ${directory}/a.yaml`);
  assert.equal(status, 1);
  assert.match(error, /error USAGE: no elements were given/);
  assert.match(error, /error ELEMENT_NOT_FOUND/);
  assert.match(error, /\nimages:\n {2}x {2}failed \(1\) after [\d.]+ m?s\n {2}y {2}failed \(1\) after [\d.]+ m?s\n$/);
});

test('the help explains every key', async (context) => {
  const { out } = await runLine(context, 'diskimage-builder -h');
  assert.match(out, /--stop-on-failure/);
  assert.match(out, /\n {2}mkfs-journal-size: whole number\n {6}Size of the file system journal in MiB\.\n/);
});
