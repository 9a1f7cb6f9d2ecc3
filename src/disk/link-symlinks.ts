import { writeFile } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';
import type { PopulateRequest } from './run-mkfs.js';

/**
 * Makes names of one symbolic link one inode again in an ext file system: `mke2fs -d` (1.47) gives each name its own.
 *
 * Left apart are names that debugfs cannot be told: those with line ends and those that are not UTF-8.
 *
 * @throws BuildError `COMMAND_FAILED` with what debugfs said
 */
export async function linkSymlinks(request: PopulateRequest, ports: Ports): Promise<void> {
  const { filePath, offsetBytes, treeDirectory, workDirectory, sourceDateEpochSeconds } = request;
  const { stdout } = await ports.programs.require({
    program: 'find',
    arguments: [treeDirectory, '-xdev', '-type', 'l', '-links', '+1', '-printf', '%i\\t%P\\0'],
  });
  const commands = linkCommands(stdout);
  // A question mark begins the options of a device for e2fsprogs.
  if (commands.length === 0 || filePath.includes('?')) return;
  const commandPath = `${workDirectory}/link-symlinks`;
  await writeFile(commandPath, `${commands.join('\n')}\n`);
  const command = {
    program: 'debugfs',
    arguments: ['-w', '-f', commandPath, offsetBytes === 0 ? filePath : `${filePath}?offset=${offsetBytes}`],
    ...(sourceDateEpochSeconds === undefined
      ? {}
      : { environment: { E2FSPROGS_FAKE_TIME: String(sourceDateEpochSeconds) } }),
  };
  const { exitStatus, stderr } = await ports.programs.run(command);
  // debugfs succeeds whatever its commands do; all that it says on standard error beside its version is a failure.
  const [said] = stderr.split('\n').filter((line) => line !== '' && !/^debugfs \d/.test(line));
  if (exitStatus === 0 && said === undefined) return;
  throw new BuildError({
    code: 'COMMAND_FAILED',
    message: `debugfs exited with ${exitStatus} while linking symbolic links in ${filePath}: ${said ?? 'it said nothing'}`,
    hint: `the command was: debugfs ${command.arguments.join(' ')}`,
  });
}

/** Commands of debugfs that make what `find` listed (inode, tab, path, NUL) names of the first of each inode. */
export function linkCommands(listing: string): readonly string[] {
  const names = new Map<string, string[]>();
  for (const entry of listing.split('\0')) {
    const [inode = '', ...rest] = entry.split('\t');
    const path = rest.join('\t');
    // U+FFFD stands for bytes that are no UTF-8.
    if (path === '' || /[\n\r\ufffd]/.test(path)) continue;
    const known = names.get(inode);
    if (known === undefined) names.set(inode, [path]);
    else known.push(path);
  }
  return [...names.values()].flatMap(([first = '', ...others]) =>
    others.length === 0
      ? []
      : [
          ...others.flatMap((path) => [
            // Without this the freed inode would count as one that lost its name.
            `set_inode_field ${quote(path)} links_count 0`,
            `kill_file ${quote(path)}`,
            `unlink ${quote(path)}`,
            `ln ${quote(first)} ${quote(path)}`,
          ]),
          `set_inode_field ${quote(first)} links_count ${others.length + 1}`,
        ],
  );
}

/** A path from the top of the file system as one word; quotes are doubled within quotes. */
function quote(path: string): string {
  return `"/${path.replaceAll('"', '""')}"`;
}
