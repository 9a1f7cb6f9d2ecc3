import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { changesNothing, removePlainDirectories } from '../../src/layers/plain-directories.js';
import { openTestPorts } from '../helpers/ports.js';

test('only directories as the topmost layer below has them are no change', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'dib-plain-'));
  context.after(() => rmSync(root, { recursive: true }));
  const { programs } = openTestPorts();
  for (const directory of ['low/tmp/a', 'high/tmp', 'upper/tmp'])
    mkdirSync(`${root}/${directory}`, { recursive: true });
  chmodSync(`${root}/high/tmp`, 0o1777);
  const layers = [`${root}/low`, `${root}/high`];
  const isNothing = () => changesNothing(`${root}/upper`, layers, programs);
  assert.equal(await isNothing(), false);
  chmodSync(`${root}/upper/tmp`, 0o1777);
  assert.equal(await isNothing(), true);
  mkdirSync(`${root}/upper/tmp/a`);
  assert.equal(await isNothing(), true);
  mkdirSync(`${root}/upper/tmp/b`);
  assert.equal(await isNothing(), false);
  rmSync(`${root}/upper/tmp/b`, { recursive: true });
  writeFileSync(`${root}/upper/tmp/f`, '');
  assert.equal(await isNothing(), false);
});

test('an attribute of a directory is a change', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'dib-plain-'));
  context.after(() => rmSync(root, { recursive: true }));
  const { programs } = openTestPorts();
  if (programs.find('setfattr') === undefined) return context.skip('setfattr is not here');
  for (const directory of ['low/a', 'upper/a']) mkdirSync(`${root}/${directory}`, { recursive: true });
  assert.equal(await changesNothing(`${root}/upper`, [`${root}/low`], programs), true);
  await programs.require({
    program: 'setfattr',
    arguments: ['-n', 'user.overlay.opaque', '-v', 'y', `${root}/upper/a`],
  });
  assert.equal(await changesNothing(`${root}/upper`, [`${root}/low`], programs), false);
});

test('an attribute that a directory no longer has is a change', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'dib-plain-'));
  context.after(() => rmSync(root, { recursive: true }));
  const { programs } = openTestPorts();
  if (programs.find('setfattr') === undefined) return context.skip('setfattr is not here');
  for (const directory of ['low/a', 'upper/a']) mkdirSync(`${root}/${directory}`, { recursive: true });
  const layers = [`${root}/low`];
  await programs.require({ program: 'setfattr', arguments: ['-n', 'user.mark', '-v', 'y', `${root}/low/a`] });
  assert.equal(await changesNothing(`${root}/upper`, layers, programs), false);
  await removePlainDirectories(`${root}/upper`, layers, programs);
  assert.equal(existsSync(`${root}/upper/a`), true);
  // What the overlay notes in a layer is not copied up with a directory of it.
  await programs.require({ program: 'setfattr', arguments: ['-x', 'user.mark', `${root}/low/a`] });
  await programs.require({
    program: 'setfattr',
    arguments: ['-n', 'user.overlay.opaque', '-v', 'y', `${root}/low/a`],
  });
  assert.equal(await changesNothing(`${root}/upper`, layers, programs), true);
  await removePlainDirectories(`${root}/upper`, layers, programs);
  assert.equal(existsSync(`${root}/upper/a`), false);
});

test('what is removed from changes says nothing about them', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'dib-plain-'));
  context.after(() => rmSync(root, { recursive: true }));
  const { programs } = openTestPorts();
  if (programs.find('setfattr') === undefined) return context.skip('setfattr is not here');
  const same = ['same', 'same/inner', 'mixed/same', 'mixed/also'];
  const kept = ['mode', 'new', 'new/inner', 'hides', 'hides/inner', 'mixed', 'holds'];
  const below = [...same, 'mode', 'hides/inner', 'holds', 'gone'];
  for (const directory of below) mkdirSync(`${root}/low/${directory}`, { recursive: true });
  for (const directory of [...same, ...kept]) mkdirSync(`${root}/upper/${directory}`, { recursive: true });
  for (const path of ['high/gone', 'upper/holds/file', 'upper/file']) {
    mkdirSync(`${root}/high`, { recursive: true });
    writeFileSync(`${root}/${path}`, '');
  }
  mkdirSync(`${root}/upper/gone`);
  chmodSync(`${root}/upper/mode`, 0o700);
  mkdirSync(`${root}/upper/mixed/new`);
  await programs.require({
    program: 'setfattr',
    arguments: ['-n', 'user.overlay.opaque', '-v', 'y', `${root}/upper/hides`],
  });
  await removePlainDirectories(`${root}/upper`, [`${root}/low`, `${root}/high`], programs);
  for (const directory of same) assert.equal(existsSync(`${root}/upper/${directory}`), false, directory);
  for (const path of [...kept, 'gone', 'mixed/new', 'holds/file', 'file'])
    assert.equal(existsSync(`${root}/upper/${path}`), true, path);
});
