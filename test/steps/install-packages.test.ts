import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { installPackages } from '../../src/steps/install-packages.js';
import { openTestStepContext } from '../helpers/step-context.js';

function withProgram(text: string) {
  const opened = openTestStepContext();
  const program = join(opened.root, 'install-packages');
  writeFileSync(program, text, { mode: 0o755 });
  // "In the chroot" is a program that puts the test's own directory first on the PATH.
  const enter = join(opened.root, 'enter');
  writeFileSync(enter, `#!/bin/bash\nPATH=${opened.root}:$PATH\nexec "$@"\n`, { mode: 0o755 });
  Object.assign(opened.context.ports.target, { chrootPrefix: [enter] });
  const environment = join(opened.context.workspace.stagingDirectory, 'environment.d');
  mkdirSync(environment);
  writeFileSync(join(environment, '10-distro'), 'export DISTRO_NAME=debian\n');
  return opened;
}

test("packages go to the image's own program, with the environment files sourced", async () => {
  const { context, root, targetCalls } = withProgram(`#!/bin/bash\necho "$DISTRO_NAME $*" > "$(dirname "$0")/said"\n`);
  context.ports.sourceEnvironment = async ({ environment }) => ({ ...environment, DISTRO_NAME: 'debian' });
  await installPackages(['vim', 'less'], context);
  assert.equal(readFileSync(join(root, 'said'), 'utf8'), 'debian vim less\n');
  assert.deepEqual(targetCalls, ['attachStaging', 'detachStaging']);
  rmSync(root, { recursive: true });
});

test('its failure ends the build with its status', async () => {
  const { context, root } = withProgram('#!/bin/bash\nexit 9\n');
  context.ports.sourceEnvironment = async ({ environment }) => environment;
  await assert.rejects(installPackages(['vim'], context), { code: 'HOOK_FAILED', exitStatus: 9 });
  rmSync(root, { recursive: true });
});
