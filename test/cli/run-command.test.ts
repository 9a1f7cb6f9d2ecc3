import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../src/cli/run-command.js';
import { openRecordingWorld } from './recording-world.js';

async function run(context: TestContext, line: string, environment: Readonly<Record<string, string>> = {}) {
  const world = openRecordingWorld(context, environment);
  const [programName = '', ...words] = line.split(' ');
  const status = await runCommand({ programName, arguments: words, world });
  return { status, ...world.written };
}

test('dib --version prints the version alone', async (context) => {
  const { status, out, error } = await run(context, 'dib --version');
  assert.equal(status, 0);
  assert.match(out, /^\d+\.\d+\.\d+\S*\n$/);
  assert.equal(error, '');
});

test('dib alone shows the subcommands on standard error and fails', async (context) => {
  const { status, out, error } = await run(context, 'dib');
  assert.deepEqual([status, out], [1, '']);
  assert.match(error, /^Usage: dib SUBCOMMAND/);
  const asked = await run(context, 'dib --help');
  assert.deepEqual(asked, { status: 0, out: error, error: '' });
});

test('an unknown subcommand is answered with the near one', async (context) => {
  assert.deepEqual(await run(context, 'dib biuld'), {
    status: 1,
    out: '',
    error: 'error USAGE: dib has no subcommand "biuld"\n  hint: did you mean "build"?\n',
  });
  assert.deepEqual(await run(context, 'dib --verbose'), {
    status: 1,
    out: '',
    error:
      'error USAGE: dib has no option "--verbose"\n' +
      '  hint: there are build, plan, layout, explain, shell, blame, size, diff, layers, elements, paths, lint, test, boot, completion, help\n',
  });
});

test('a group needs one of its subcommands', async (context) => {
  assert.equal(
    (await run(context, 'dib elements')).error,
    'error USAGE: dib elements needs a subcommand\n  hint: there are list, show, resolve, digest\n',
  );
  assert.equal(
    (await run(context, 'dib elements lst')).error,
    'error USAGE: dib elements has no subcommand "lst"\n  hint: did you mean "list"?\n',
  );
});

test('help of a subcommand is the same in both spellings', async (context) => {
  const { out } = await run(context, 'dib help elements list');
  assert.match(out, /^Usage: dib elements list \[OPTION…\]\n/);
  assert.equal((await run(context, 'dib elements list --help')).out, out);
});

test('every program and subcommand has help, and code', async (context) => {
  const { commandLoaderTable } = await import('../../src/cli/command-loader-table.js');
  const { programTable, subcommandTable } = await import('../../src/cli/program-table.js');
  const names = [...subcommandTable, ...programTable].map((row) => row.name);
  assert.deepEqual(Object.keys(commandLoaderTable).sort(), [...names].sort());
  for (const name of names.filter((candidate) => candidate !== 'dib-run-parts')) {
    const line = subcommandTable.some((row) => row.name === name) ? `dib ${name} --help` : `${name} --help`;
    const { status, out, error } = await run(context, line);
    assert.deepEqual([status, error], [0, ''], name);
    assert.ok(out.startsWith(`Usage: ${line.replace(' --help', '')}`), name);
  }
});

test('ramdisk help leaves out what ramdisks do not need', async (context) => {
  const disk = await run(context, 'disk-image-create --help');
  const ramdisk = await run(context, 'ramdisk-image-create -h');
  assert.match(disk.out, /\n {2}-n {2}/);
  assert.doesNotMatch(ramdisk.out, /\n {2}-[np] {2}/);
});

test('wrong command lines end with 1 or 2, as the original has it', async (context) => {
  assert.equal((await run(context, 'disk-image-create --bogus vm')).status, 1);
  assert.equal((await run(context, 'dib build --bogus vm')).status, 1);
  assert.equal((await run(context, 'diskimage-builder')).status, 2);
  assert.equal((await run(context, 'element-info')).status, 2);
});

test('an unknown element names itself, who asked and the near one', async (context) => {
  const { status, out, error } = await run(context, 'disk-image-create -n debian-minmal');
  assert.deepEqual([status, out], [1, '']);
  assert.match(error, /^error ELEMENT_NOT_FOUND: .*"debian-minmal"/);
  assert.match(error, /did you mean "debian-minimal"/);
});
