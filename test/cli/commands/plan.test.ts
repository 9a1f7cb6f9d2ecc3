import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { runCommand } from '../../../src/cli/run-command.js';
import { openRecordingWorld } from '../recording-world.js';
import { smallElements, writeElements } from './element-fixture.js';
import { runLine } from './run-line.js';

test('a plan is shown without doing anything', async (context) => {
  const world = openRecordingWorld(context, { ELEMENTS_PATH: writeElements(context, smallElements) });
  const status = await runCommand({ programName: 'dib', arguments: ['plan', '-n', 'server', 'tiny-os'], world });
  assert.deepEqual([status, world.written.error], [0, '']);
  assert.match(world.written.out, /^image {5}\S+\/image \(qcow2\)\n/);
  assert.match(world.written.out, /\n +10-tree {2}\(tiny-os\)\n/);
  assert.deepEqual(readdirSync(world.workingDirectory), []);
});

test('the whole plan is JSON, with secrets masked', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements), DIB_DEV_USER_PASSWORD: 'open-sesame' };
  const { out } = await runLine(context, 'dib plan --json -n tiny-os', { environment });
  const plan = JSON.parse(out) as {
    readonly request: { readonly elements: readonly string[] };
    readonly steps: readonly { kind: string }[];
  };
  assert.deepEqual(plan.request.elements, ['tiny-os']);
  assert.equal(plan.steps[0]?.kind, 'stage-hooks');
  assert.doesNotMatch(out, /open-sesame/);
});

test('parts are shown alone, as YAML or JSON', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  const show = async (part: string) =>
    JSON.parse((await runLine(context, `dib plan -n --json --show ${part} server tiny-os`, { environment })).out);
  assert.equal((await show('request')).architecture.length > 0, true);
  assert.deepEqual(
    (await show('elements')).map(({ name }: { readonly name: string }) => name),
    ['tools', 'server', 'tiny-os'],
  );
  assert.deepEqual(
    (await show('environment')).find(({ name }: { readonly name: string }) => name === 'DISTRO_NAME'),
    { name: 'DISTRO_NAME', value: 'tiny', setBy: 'tiny-os/environment.d/10-distro' },
  );
  assert.equal((await show('layout')).diskMode.mode, 'files');
  const text = await runLine(context, 'dib plan -n --show request tiny-os', { environment });
  assert.match(text.out, /^mode: disk\nelements:\n {2}- tiny-os\n/);
});

test('the request is shown even where its elements do not exist', async (context) => {
  const { status, out } = await runLine(context, 'dib plan --show request --json no-such-element');
  assert.equal(status, 0);
  assert.deepEqual((JSON.parse(out) as { readonly elements: readonly string[] }).elements, ['base', 'no-such-element']);
});

test('an unknown part is answered with the near one', async (context) => {
  assert.deepEqual(await runLine(context, 'dib plan --show layuot vm'), {
    status: 1,
    out: '',
    error: 'error USAGE: --show knows no "layuot"\n  hint: did you mean "layout"?\n',
  });
});
