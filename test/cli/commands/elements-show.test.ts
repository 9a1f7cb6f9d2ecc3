import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smallElements, writeElements } from './element-fixture.js';
import { runLine } from './run-line.js';

test('an element is shown with what it needs, its users, files and README', async (context) => {
  const directory = writeElements(context, smallElements);
  const environment = { ELEMENTS_PATH: directory };
  assert.deepEqual(await runLine(context, 'dib elements show server', { environment }), {
    status: 0,
    out: [
      `server  ${directory}/server`,
      'needs: tools',
      'files:',
      '  README.md',
      '  element-deps',
      '',
      '# Server',
      '',
      'Serves things. And more.',
      '',
    ].join('\n'),
    error: '',
  });
  assert.equal(
    (await runLine(context, 'dib elements show tools', { environment })).out,
    `tools  ${directory}/tools\nused by: server\nfiles:\n  install.d/50-tools\n`,
  );
});

test('an unknown element is answered with the near one', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  const { status, error } = await runLine(context, 'dib elements show sever', { environment });
  assert.equal(status, 1);
  assert.match(error, /^error ELEMENT_NOT_FOUND: element "sever" not found\n {2}hint: did you mean "server"\?/);
});
