import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildErrors } from '../../src/base/build-error.js';
import { resolveTables } from '../../src/elements/resolve-tables.js';
import { tableElements, writeElements } from './element-fixtures.js';

const environment = { DISTRO_NAME: 'debian', DIB_RELEASE: 'bookworm', ARCH: 'amd64' };

test('every table is staged where the helper programs look for it', (t) => {
  const map = '{"default": {"rsync": "rsync-daemon rsync"}}\n';
  const elementSet = writeElements(t, {
    ...tableElements,
    static: { 'package-installs.yaml': 'rsync:\ngcc: {build-only: true}\n', 'pkg-map': map },
    web: {
      'package-installs.yaml': 'gone: {uninstall: true, phase: post-install.d}\n',
      'svc-map': 'web: {debian: apache2}\n',
    },
  });
  assert.deepEqual(resolveTables({ elementSet, environment }).stagedFiles, {
    'package-installs.d/package-installs.json': `{
 "install.d": {
  "install": [
   [
    "rsync",
    "static"
   ],
   [
    "gcc",
    "static"
   ]
  ],
  "uninstall": [
   [
    "gcc",
    "static"
   ]
  ]
 },
 "post-install.d": {
  "install": [],
  "uninstall": [
   [
    "gone",
    "web"
   ]
  ]
 }
}
`,
    'package-installs.d/target': 'debian\nbookworm\n',
    'package-installs.d/rules':
      'static\tinstall.d\tinstall\trsync\nstatic\tinstall.d\tbuild-only\tgcc\nweb\tpost-install.d\tuninstall\tgone\n',
    'package-installs.d/install.d.install': 'static\trsync\trsync-daemon rsync\nstatic\tgcc\tgcc\n',
    'package-installs.d/install.d.uninstall': 'static\tgcc\tgcc\n',
    'package-installs.d/post-install.d.uninstall': 'web\tgone\tgone\n',
    'pkg-map.d/json/static': map,
    'pkg-map.d/table/static': 'default\trsync\trsync-daemon rsync\n',
    'svc-map.d/services': 'web: apache2\n',
  });
});

test('nothing is staged for elements that are not in the build', (t) => {
  const elementSet = writeElements(t, { e: { 'package-installs.yaml': 'a:\n', 'pkg-map': '{', 'svc-map': ':' } });
  assert.deepEqual(resolveTables({ elementSet, environment }).stagedFiles, {});
});

test('faults of all kinds of files are thrown together', (t) => {
  const elementSet = writeElements(t, {
    ...tableElements,
    a: { 'package-installs.yaml': 'x: {fase: install.d}\n', 'svc-map': 'web: apache2\n' },
    b: { 'pkg-map': '[]' },
  });
  assert.throws(
    () => resolveTables({ elementSet, environment }),
    (error: unknown) => {
      assert.ok(error instanceof BuildErrors);
      assert.deepEqual(
        error.faults.map((fault) => fault.where?.replace(/.*\/dib-elements-[^/]*/, '')),
        ['/b/pkg-map:1:1', '/a/package-installs.yaml:1:5', '/a/svc-map:1:6'],
      );
      return true;
    },
  );
});
