import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildError } from '../../src/base/build-error.js';
import {
  checkInstallTypes,
  isInstallTypeDirectoryEnabled,
  parseInstallTypeDirectory,
} from '../../src/elements/package-install-types.js';
import { writeElements } from './element-fixtures.js';

test('a directory names prefix and type', () => {
  assert.deepEqual(parseInstallTypeDirectory('simple-init-repo-install'), { prefix: 'simple-init', type: 'repo' });
  assert.equal(parseInstallTypeDirectory('post-install'), undefined);
  assert.equal(parseInstallTypeDirectory('dnf-config'), undefined);
});

test('a prefix with an underscore is matched too', () => {
  const environment = { DIB_INSTALLTYPE_my_tool: 'package' };
  assert.equal(isInstallTypeDirectoryEnabled('my_tool-package-install', environment), true);
  assert.equal(isInstallTypeDirectoryEnabled('my-tool-package-install', environment), true);
  assert.equal(isInstallTypeDirectoryEnabled('my-tool-source-install', environment), false);
  assert.equal(isInstallTypeDirectoryEnabled('other-source-install', environment), true);
});

test('a type that nothing offers is a fault that lists those that there are', (t) => {
  const elementSet = writeElements(t, { 'simple-init': { 'install.d/simple-init-repo-install/40-glean': '' } });
  const declared = { element: 'simple-init', packageName: 'glean', rule: { installtype: 'package' }, where: '' };
  const messagesFor = (type: string): readonly string[] => {
    const faults: BuildError[] = [];
    const environment = { DIB_INSTALLTYPE_simple_init: type };
    checkInstallTypes({ elementSet, rules: [declared], environment, faults });
    return faults.map((fault) => fault.message);
  };
  assert.deepEqual(messagesFor('repo'), []);
  assert.deepEqual(messagesFor('package'), []);
  assert.deepEqual(messagesFor('sources'), [
    'DIB_INSTALLTYPE_simple_init is "sources", but only package, repo can be installed',
  ]);
});
