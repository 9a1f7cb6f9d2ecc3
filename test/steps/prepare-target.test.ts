import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareTarget } from '../../src/steps/prepare-target.js';
import { openTestStepContext } from '../helpers/step-context.js';

test('an empty tree is an error that says what an element must do', async () => {
  const { context, root } = openTestStepContext();
  mkdirSync(join(context.workspace.treeDirectory, 'lost+found'));
  mkdirSync(join(context.workspace.treeDirectory, 'tmp'));
  await assert.rejects(prepareTarget(context), { code: 'TREE_EMPTY' });
  rmSync(root, { recursive: true });
});

test('the tree gets a resolver and kernel file systems, hooks get the install type', async () => {
  const { context, root, targetCalls } = openTestStepContext({ request: { installType: 'package' } });
  mkdirSync(join(context.workspace.treeDirectory, 'etc'));
  await prepareTarget(context);
  assert.deepEqual(targetCalls, ['attachKernelFileSystems']);
  readFileSync(join(context.workspace.treeDirectory, 'etc/resolv.conf'));
  assert.equal(
    readFileSync(join(context.workspace.stagingDirectory, 'environment.d/11-dib-install-type.bash'), 'utf8'),
    'export DIB_DEFAULT_INSTALLTYPE=${DIB_DEFAULT_INSTALLTYPE:-package}\n',
  );
  rmSync(root, { recursive: true });
});
