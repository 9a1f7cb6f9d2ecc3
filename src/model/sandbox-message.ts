import type { BuildPlan } from './plan.js';

/** What the outer process tells the one inside the namespace before it starts. */
export interface SandboxMessage {
  readonly plan: BuildPlan;
  /** Variables that every hook starts with. */
  readonly coreEnvironment: Readonly<Record<string, string>>;
  readonly version: string;
  /** Directories searched for the engine's own programs. */
  readonly pathDirectories: readonly string[];
  readonly identitySeed?: string;
  /** Stands for all that is known before anything runs; absent where a finished image cannot be kept. */
  readonly resultKey?: string;
  /** Where the layers and results of this caller lie; absolute. */
  readonly storeDirectory?: string;
  /** Texts to mask in logs. */
  readonly secrets: readonly string[];
  readonly terminal: { readonly isTerminal: boolean; readonly hasColour: boolean };
  readonly cpuCount: number;
}
