import type { Ports } from '../model/ports.js';

/** What a command sees of the machine and of its caller. Opened only in `main.ts`; tests hand in their own. */
export interface World {
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly workingDirectory: string;
  /** Absolute. */
  readonly homeDirectory: string;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Columns of the terminal, 80 where there is none. */
  readonly columns: number;
  writeOut(text: string): void;
  writeError(text: string): void;
  /** Opens the ports for what is done outside builds; programs are found on the PATH of the environment, default the world's. */
  openPorts(environment?: Readonly<Record<string, string>>): Promise<Ports>;
  readonly userId: number;
  readonly userName: string;
  /** Whether colours are welcome on standard output (`NO_COLOR`, `TERM=dumb`). */
  readonly hasColour: boolean;
  readonly cpuCount: number;
  /** Node's own program. */
  readonly nodePath: string;
  /** From then on Ctrl-C and SIGTERM call `stop` instead of ending the process. */
  onStopSignal(stop: () => void): void;
  /** What the kernel calls the processor, for example `x86_64`. */
  readonly machine: string;
}
