import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import { plannedPackages } from '../../src/elements/package-plan.js';
import { tableElements, writeElements } from './element-fixtures.js';

test('the plan names the packages of rules and lists, mapped, by phase', (t) => {
  const elementSet = writeElements(t, {
    ...tableElements,
    db: {
      'package-installs.yaml': 'db-server:\nheaders: {build-only: true}\nnothing: {phase: pre-install.d}\n',
      'pkg-map': '{"family": {"debian": {"db-server": "mariadb-server mariadb-client"}}, "default": {"nothing": ""}}',
      'post-install.d/package-installs-db': 'db-server\n-patch\n',
    },
  });
  const environment = { DISTRO_NAME: 'debian', DIB_RELEASE: 'trixie' };
  assert.deepEqual(
    plannedPackages({ elementSet, environment }).map((planned) => [
      planned.phase,
      planned.operation,
      planned.packageName,
      planned.packages,
    ]),
    [
      ['pre-install.d', 'install', 'nothing', []],
      ['install.d', 'install', 'db-server', ['mariadb-server', 'mariadb-client']],
      ['install.d', 'install', 'headers', ['headers']],
      ['install.d', 'uninstall', 'headers', ['headers']],
      ['post-install.d', 'install', 'db-server', ['mariadb-server', 'mariadb-client']],
      ['post-install.d', 'install', 'patch', ['patch']],
      ['post-install.d', 'uninstall', 'patch', ['patch']],
    ],
  );
});

test('without the package-installs element nothing is planned, as nothing would read the files', (t) => {
  const elementSet = writeElements(t, { e: { 'package-installs.yaml': '- wrong\n' } });
  assert.deepEqual(plannedPackages({ elementSet, environment: {} }), []);
});

test('a package with a map needs DISTRO_NAME', (t) => {
  const elementSet = writeElements(t, { ...tableElements, e: { 'package-installs.yaml': 'a:\n', 'pkg-map': '{}' } });
  assert.throws(
    () => plannedPackages({ elementSet, environment: {} }),
    (error: unknown) =>
      error instanceof BuildError &&
      error.message === 'package "a" is mapped by distribution, but DISTRO_NAME is not set',
  );
});
