import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import type { StepContext } from '../model/step-context.js';
import { replaceResolver } from './resolver.js';

/**
 * Makes a fresh tree fit for hooks inside: checks that the root phase left a system, swaps the resolver
 * configuration, mounts the kernel file systems, and writes the environment file with the install type.
 *
 * @throws BuildError `TREE_EMPTY`
 */
export async function prepareTarget(context: StepContext): Promise<void> {
  const { treeDirectory, stagingDirectory } = context.workspace;
  const names = (await readdir(treeDirectory)).filter(
    (name) => !name.startsWith('lost+found') && !name.endsWith('tmp'),
  );
  if (names.length === 0) {
    throw new BuildError({
      code: 'TREE_EMPTY',
      message: 'the root phase left nothing in the tree',
      hint: 'an element that provides operating-system must fill $TARGET_ROOT from its root.d hooks',
    });
  }
  const missing = ['etc', 'tmp'].filter((name) => !names.includes(name));
  for (const name of missing) await mkdir(`${treeDirectory}/${name}`, { recursive: true });
  await replaceResolver(treeDirectory);
  await context.ports.target.attachKernelFileSystems();
  const installType = context.plan.request.installType;
  await mkdir(`${stagingDirectory}/environment.d`, { recursive: true });
  const path = `${stagingDirectory}/environment.d/11-dib-install-type.bash`;
  // A link of an element by that name must not lead the write elsewhere.
  await rm(path, { force: true });
  await writeFile(path, `export DIB_DEFAULT_INSTALLTYPE=\${DIB_DEFAULT_INSTALLTYPE:-${installType}}\n`);
}
