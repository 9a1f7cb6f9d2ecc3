import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeLayerFixture, whyNoLayers } from './layer-fixture.js';
import { runLine } from './run-line.js';

test('a path is traced through the layers, with the package that owns it', { skip: whyNoLayers() }, async (context) => {
  const { cache, tree } = await makeLayerFixture(context);
  const run = (line: string) => runLine(context, line, { environment: { DIB_IMAGE_CACHE: cache } });
  const base = 'root.d/10-base, or by the engine after them (layer base)';
  assert.deepEqual(await run('dib blame /etc/name'), {
    status: 0,
    out: `/etc/name
  last written by install.d/20-left of element lefty (layer left)
  before that written by ${base}
  belongs to package greeter 1.2-3
`,
    error: '',
  });
  assert.equal(
    (await run('dib blame /etc/half')).out,
    '/etc/half\n  last written by install.d/40-fails (failed)\n  belongs to no package that is known\n',
  );
  const greet = JSON.parse((await run('dib blame --json /usr/bin/greet /w/image')).out);
  assert.deepEqual(greet, {
    image: '/w/image',
    path: '/usr/bin/greet',
    changes: [
      {
        action: 'wrote',
        kind: 'regular file',
        layerId: 'right',
        hooks: [{ phase: 'install', name: '30-right' }],
        isExact: true,
      },
    ],
    packages: [{ name: 'greeter', version: '1.2-3' }],
  });
  assert.match((await run('dib blame /nothing')).error, /no layer of \/w\/image has \/nothing/);
  assert.match((await run('dib blame name')).error, /"name" is not a path in the image/);

  // What an overlay leaves when a hook removes a file, replaces a directory, or renames one.
  mkdirSync(`${tree('right')}/etc`);
  spawnSync('mknod', [`${tree('right')}/etc/name`, 'c', '0', '0']);
  assert.match(
    (await run('dib blame /etc/name')).out,
    /\n {2}last removed by install\.d\/30-right .*\n {2}before that written by install\.d\/20-left/,
  );
  mkdirSync(`${tree('left')}/opt/one`, { recursive: true });
  spawnSync('setfattr', ['-n', 'trusted.overlay.opaque', '-v', 'y', `${tree('left')}/opt/one`]);
  assert.equal(
    (await run('dib blame /opt/one/file')).out,
    `/opt/one/file
  last removed by install.d/20-left of element lefty (layer left)
  before that written by ${base}
  belongs to no package that is known
`,
  );
  assert.match((await run('dib blame /opt/one/never')).error, /no layer of/);
  rmSync(`${tree('left')}/opt/one`, { recursive: true });
  mkdirSync(`${tree('left')}/opt/two`);
  spawnSync('setfattr', ['-n', 'trusted.overlay.redirect', '-v', 'one', `${tree('left')}/opt/two`]);
  assert.match((await run('dib blame /opt/two/file')).out, /^\/opt\/two\/file\n {2}last written by root\.d\/10-base/);
  mkdirSync(`${tree('right')}/moved`);
  spawnSync('setfattr', ['-n', 'trusted.overlay.redirect', '-v', '/opt/two', `${tree('right')}/moved`]);
  assert.match((await run('dib blame /moved/file')).out, /^\/moved\/file\n {2}last written by root\.d\/10-base/);
  writeFileSync(`${tree('right')}/moved/file`, '');
  assert.match((await run('dib blame /moved/file')).out, /\n {2}last written by install\.d\/30-right/);
});
