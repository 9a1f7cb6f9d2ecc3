import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintFiles, messagesOf } from './lint-files.js';

const helpers = {
  'package-installs/x': '',
  'pkg-map/x': '',
  'svc-map/x': '',
  'source-repositories/x': '',
  'install-static/x': '',
};

test('lists and maps need the element that reads them, unless base brings it', async (context) => {
  const files = {
    'a/pkg-map': '{}\n',
    'a/package-installs.yaml': 'x:\n',
    'a/static/etc/x': 'x\n',
    'base/element-deps': 'pkg-map\n',
    ...helpers,
  };
  assert.deepEqual(await lintFiles(context, files), [
    'a/package-installs.yaml:1:1 helper-missing',
    'a/static/etc/x:1:1 helper-missing',
  ]);
});

test('faults of a list come with their place and a suggestion', async (context) => {
  const files = {
    'a/element-deps': 'package-installs\n',
    'a/package-installs.yaml': 'x:\n  phase: instal.d\n  archs: amd64\n',
    ...helpers,
  };
  assert.deepEqual(await lintFiles(context, files), [
    'a/package-installs.yaml:2:10 package-installs',
    'a/package-installs.yaml:3:3 package-installs',
  ]);
});

test('a name that is left out of one family only is a gap when it cannot be meant', async (context) => {
  const map = {
    family: {
      debian: { plain: 'p' },
      redhat: { plain: 'p', dhcp_client: 'dhclient', 'python3-dev': 'python3-devel' },
      suse: { plain: 'p', 'python3-dev': 'python3-devel', gentoo: 'g' },
      gentoo: { plain: 'p' },
    },
  };
  const files = {
    'a/element-deps': 'package-installs\npkg-map\n',
    'a/package-installs.yaml': 'plain:\ndhcp_client:\npython3-dev:\ngentoo:\n',
    'a/pkg-map': `${JSON.stringify(map)}\n`,
    ...helpers,
  };
  assert.deepEqual(await messagesOf(context, files), [
    '"dhcp_client" is mapped for redhat, but not for debian, gentoo, suse [add it there, or to default]',
    '"python3-dev" is mapped for redhat, suse, but not for gentoo [add it there, or to default]',
  ]);
});

test('a default closes every gap, names for others are nobody’s business', async (context) => {
  const map = { family: { redhat: { a_b: 'x' }, debian: { c: 'd' } }, default: { a_b: 'y', other: 'z' } };
  const files = {
    'a/element-deps': 'package-installs\npkg-map\n',
    'a/package-installs.yaml': 'a_b:\n',
    'a/pkg-map': `${JSON.stringify(map)}\n`,
    ...helpers,
  };
  assert.deepEqual(await lintFiles(context, files), []);
});

test('sources may use what dependencies export', async (context) => {
  const files = {
    'a/element-deps': 'b\nsource-repositories\n',
    'a/source-repository-a': 'a git /opt/a https://example.org/$DIB_B\n',
    'b/environment.d/10-b': 'export DIB_B=1\n',
    'c/element-deps': 'source-repositories\n',
    'c/source-repository-c': 'c git /opt/c https://example.org/$DIB_C\n',
    ...helpers,
  };
  assert.deepEqual(await lintFiles(context, files), ['c/source-repository-c:1:34 source-repository']);
});
