import type { Command, Programs } from '../model/ports.js';
import { userNamespaceFlags } from '../sandbox/namespace-command.js';
import type { World } from './world.js';

/** What acts on the files of a layer store. */
export interface StorePrograms {
  /** Programs that see the owners of the files as builds do. */
  readonly programs: Programs;
  /** Removes trees, whoever owns what is in them. */
  readonly removeTrees: (paths: readonly string[]) => Promise<void>;
}

/** Opens programs for the caller's layers: those of an ordinary user have owners that only exist where they are mapped. */
export function openStorePrograms(world: Pick<World, 'userId'>, programs: Programs): StorePrograms {
  const inside = (command: Command): Command =>
    world.userId === 0
      ? command
      : { ...command, program: 'unshare', arguments: [...userNamespaceFlags, command.program, ...command.arguments] };
  const wrapped: Programs = {
    run: (command) => programs.run(inside(command)),
    require: (command) => programs.require(inside(command)),
    requirePipeline: (commands) => programs.requirePipeline(commands.map(inside)),
    find: (program) => programs.find(program),
  };
  return {
    programs: wrapped,
    async removeTrees(paths) {
      await wrapped.require({ program: 'rm', arguments: ['-rf', '--one-file-system', '--', ...paths] });
    },
  };
}
