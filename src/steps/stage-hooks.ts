import { chmod, copyFile, mkdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { planStaging } from '../elements/stage-plan.js';
import type { StepContext } from '../model/step-context.js';

/** Makes the staging directory: the merged hook directories of all elements, and the tables resolved beforehand. */
export async function stageHooks(context: Pick<StepContext, 'elementSet' | 'plan' | 'workspace'>): Promise<void> {
  const { stagingDirectory } = context.workspace;
  await mkdir(stagingDirectory, { recursive: true });
  const entries = planStaging(context.elementSet);
  for (const entry of entries) {
    if (entry.kind === 'directory') await mkdir(`${stagingDirectory}/${entry.destination}`, { recursive: true });
  }
  await Promise.all(
    entries
      .filter((entry) => entry.kind !== 'directory')
      .map(async (entry) => {
        const destination = `${stagingDirectory}/${entry.destination}`;
        await mkdir(dirname(destination), { recursive: true });
        if (entry.kind === 'link') {
          await rm(destination, { force: true });
          await symlink(entry.linkTarget ?? '', destination);
        } else {
          await copyFile(entry.source, destination);
          await chmod(destination, entry.mode);
          const { atime, mtime } = await stat(entry.source);
          await utimes(destination, atime, mtime);
        }
      }),
  );
  for (const entry of entries) {
    if (entry.kind === 'directory') await chmod(`${stagingDirectory}/${entry.destination}`, entry.mode);
  }
  for (const [path, text] of Object.entries(context.plan.resolvedTables.stagedFiles)) {
    await mkdir(dirname(`${stagingDirectory}/${path}`), { recursive: true });
    await writeFile(`${stagingDirectory}/${path}`, text);
  }
}
