/** What a parsed shell script does, as far as the checks ask. Offsets count UTF-16 units from the start of the file. */
export interface ScriptFacts {
  readonly errors: readonly { readonly message: string; readonly offset: number }[];
  readonly hasErrexit: boolean;
  readonly hasNounset: boolean;
  readonly hasPipefail: boolean;
  readonly commands: readonly CommandUse[];
  readonly pipelines: readonly PipelineUse[];
  readonly variables: readonly VariableUse[];
  readonly assignments: readonly AssignmentUse[];
  /** Names that something in the script sets, wherever. */
  readonly assignedNames: ReadonlySet<string>;
  readonly exportedNames: ReadonlySet<string>;
  /** For each name the place where the script first asks whether it is set, or gives it a default. */
  readonly guardedFrom: ReadonlyMap<string, number>;
  readonly functionNames: ReadonlySet<string>;
  /** It evaluates text, or reads files whose variables are not known. */
  readonly setsUnknownNames: boolean;
  /** Files of `$_LIB` that it sources, by name. */
  readonly sourcedLibraryFiles: readonly string[];
  readonly unfinishedHereDocuments: readonly { readonly delimiter: string; readonly offset: number }[];
  /** The last statement at the top, when it is `CONDITION && COMMAND`. */
  readonly lastCondition?: { readonly command: string; readonly offset: number };
}

/** One word of a command. */
export interface WordUse {
  /** As written. */
  readonly text: string;
  readonly offset: number;
  /** The value, when nothing in it is expanded. */
  readonly literal?: string;
  /** What comes before the first expansion, quotes removed. */
  readonly prefix: string;
  /** The variable that the word starts with. */
  readonly leadingVariable?: string;
  /** Whether that variable has a default that may be empty, as in `${X:-}`. */
  readonly isLeadingMaybeEmpty: boolean;
  /** What stands after that variable, up to the next expansion, quotes removed. */
  readonly suffix: string;
  /** Variables and commands that are expanded outside quotes. */
  readonly unquotedExpansions: readonly string[];
}

/** A simple command. Wrappers such as sudo, env and exec are taken off the front. */
export interface CommandUse {
  /** The name when it is literal. */
  readonly name?: string;
  readonly nameWord?: WordUse;
  readonly arguments: readonly WordUse[];
  readonly redirections: readonly RedirectionUse[];
  readonly offset: number;
  /** In a condition, before && or ||, negated: its failure is looked at. */
  readonly isGuarded: boolean;
  readonly isSudo: boolean;
  /** Started by chroot: it runs inside another root. */
  readonly isInRoot: boolean;
  readonly isInSubstitution: boolean;
  /** Member of a pipeline, but not the last one. */
  readonly isPiped: boolean;
  readonly functionName?: string;
}

export interface RedirectionUse {
  readonly operator: string;
  /** Absent: the operator's own. */
  readonly descriptor?: number;
  readonly target?: WordUse;
  readonly offset: number;
}

export interface PipelineUse {
  readonly members: readonly (string | undefined)[];
  readonly offset: number;
  readonly isGuarded: boolean;
}

export interface VariableUse {
  readonly name: string;
  readonly offset: number;
  /** Has a default, asks whether it is set, or is an error on purpose. */
  readonly hasFallback: boolean;
}

export interface AssignmentUse {
  readonly name: string;
  readonly value?: WordUse;
  /** The value as written; for loops all words. */
  readonly text: string;
  readonly offset: number;
  /** Made by `export`, `local`, `declare`, `readonly`, `typeset`. */
  readonly declarator?: string;
  readonly isExported: boolean;
  /** The variable of a loop. */
  readonly isLoop: boolean;
  readonly hasCommand: boolean;
  readonly isInFunction: boolean;
}
