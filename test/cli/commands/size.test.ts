import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeLayerFixture, whyNoLayers } from './layer-fixture.js';
import { runLine } from './run-line.js';

test('sizes come by element, package and directory', { skip: whyNoLayers() }, async (context) => {
  const { cache } = await makeLayerFixture(context);
  const run = (line: string) => runLine(context, line, { environment: { DIB_IMAGE_CACHE: cache } });
  const { status, out, error } = await run('dib size --json');
  assert.deepEqual([status, error], [0, '']);
  const size = JSON.parse(out);
  assert.deepEqual(size.elements, [
    { name: 'install.d/30-right', sizeBytes: 3_145_728 },
    { name: 'lefty', sizeBytes: 2_097_152 },
    { name: 'root.d/10-base', sizeBytes: 1_048_576 },
  ]);
  assert.deepEqual(size.packages, [{ name: 'greeter', sizeBytes: 2_097_152 }]);
  const names: readonly string[] = size.directories.map((row: { readonly name: string }) => row.name);
  assert.ok(names.includes('/opt/one') && names.includes('/var/lib'), names.join(' '));
  assert.ok(size.totalBytes > 0 && size.totalBytes < 100_000_000, String(size.totalBytes));
  const page = `${cache}/size.html`;
  assert.deepEqual(await run(`dib size --html ${page}`), { status: 0, out: `${page}\n`, error: '' });
  assert.match(
    readFileSync(page, 'utf8'),
    /<title>\/usr\/bin\/greet [\d.]+ \w+<\/title>|<td>2 MiB<\/td><td>greeter<\/td>/,
  );
  assert.match(
    (await run('dib size --html /nonexistent/x')).error,
    /^error OUTPUT_UNWRITABLE: cannot write \/nonexistent\/x/,
  );
  assert.match((await run('dib size --rows 1 image')).error, /no build of .*\/image has kept layers/);
  assert.match((await run('dib size --rows 1 /w/image')).out, /\n {7}3 MiB {2}install\.d\/30-right\n {14}and 2 more\n/);
});
