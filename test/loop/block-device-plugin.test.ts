import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadPlugins, splitConfig } from '../../src/loop/block-device-plugin.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

const plugin = (name: string) => ({ name, open: () => [] });

test('entries of plugins are taken out, the rest keeps its places', () => {
  const text = '- local_loop: { name: image0 }\n- luks:\n    name: crypt\n    base: root\n- mkfs: { base: image0 }\n';
  const { text: rest, entries } = splitConfig(text, [plugin('luks')]);
  assert.deepEqual(entries, [{ plugin: 'luks', values: { name: 'crypt', base: 'root' } }]);
  const lines = rest.split('\n');
  assert.deepEqual(
    [lines[0], lines[1]?.trim(), lines[2]?.trim(), lines[3]?.trim(), lines[4]],
    ['- local_loop: { name: image0 }', '', '', '', '- mkfs: { base: image0 }'],
  );
});

test('without plugins, and with text that is no list, nothing changes', () => {
  assert.deepEqual(splitConfig('- luks: {}\n', []), { text: '- luks: {}\n', entries: [] });
  assert.deepEqual(splitConfig('a: [', [plugin('luks')]), { text: 'a: [', entries: [] });
});

test('modules are loaded from paths, and a wrong one is named', async (context) => {
  const directory = await temporaryDirectory(context);
  await writeFile(join(directory, 'good.mjs'), "export const plugins = [{ name: 'good', open: () => [] }];\n");
  await writeFile(join(directory, 'bad.mjs'), 'export const plugins = {};\n');
  assert.deepEqual(
    (await loadPlugins(`good.mjs:${directory}/good.mjs`, directory)).map(({ name }) => name),
    ['good', 'good'],
  );
  assert.deepEqual(await loadPlugins('', directory), []);
  await assert.rejects(loadPlugins('bad.mjs', directory), /bad\.mjs cannot be used: it exports no list "plugins"/);
  await assert.rejects(loadPlugins('none.mjs', directory), /none\.mjs cannot be used: Cannot find module/);
});
