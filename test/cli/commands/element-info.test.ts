import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { smallElements, writeElements } from './element-fixture.js';
import { runLine } from './run-line.js';

test('names are printed on one line', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  assert.deepEqual(await runLine(context, 'element-info server tiny-os', { environment }), {
    status: 0,
    out: 'tools server tiny-os\n',
    error: '',
  });
});

test('bash reads the shell code, paths with blanks and quotes included', async (context) => {
  const parent = writeElements(
    context,
    Object.fromEntries(Object.entries(smallElements).map(([path, text]) => [`it's $HOME ]x/${path}`, text])),
  );
  const directory = `${parent}/it's $HOME ]x`;
  const { out } = await runLine(context, 'element-info -e server tiny-os', {
    environment: { ELEMENTS_PATH: directory },
  });
  const script = `${out}
declare -A paths
eval "paths=($(get_image_element_array))"
printf '%s\\n' "$IMAGE_ELEMENT" "\${paths[server]}"
printf '%s' "$IMAGE_ELEMENT_YAML"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(stdout.split('\n')[0], 'tools server tiny-os');
  assert.equal(stdout.split('\n')[1], `${directory}/server`);
  const { parse } = await import('yaml');
  assert.deepEqual(parse(stdout.split('\n').slice(2).join('\n')), {
    server: `${directory}/server`,
    'tiny-os': `${directory}/tiny-os`,
    tools: `${directory}/tools`,
  });
});

test('the search path must be set', async (context) => {
  const { status, error } = await runLine(context, 'element-info vm');
  assert.equal(status, 1);
  assert.match(error, /^error VARIABLE_INVALID: ELEMENTS_PATH must be set\n/);
});
