import { type HookPlace, type Phase, phases, placeOfPhase } from '../model/phase.js';
import { type CheckName, isCheckName } from './check-table.js';
import { parseScript } from './parse-script.js';
import type { ScriptFacts } from './script-facts.js';

/** What a file is to the build, by where it lies in its element. */
export type FileRole =
  | { readonly kind: 'hook'; readonly phase: Phase; readonly place: HookPlace }
  | { readonly kind: 'environment' | 'program' | 'static' | 'declaration' | 'library' | 'other' };

/** One file to look at. */
export interface LintFile {
  /** Absolute. */
  readonly absolutePath: string;
  /** As it is shown. */
  readonly path: string;
  /** Relative to the element, or to the directory of shell functions. */
  readonly relativePath: string;
  /** Name of the element; absent for files of the directory of shell functions. */
  readonly element?: string;
  readonly role: FileRole;
  readonly kind: 'file' | 'link';
  readonly linkTarget?: string;
  readonly isExecutable: boolean;
  /** Absent for links, and for files that are not text. */
  readonly text?: string;
  /** Names after `# dib-lint: disable=`. */
  readonly disabledChecks: ReadonlySet<string>;
}

/** A logical line: leading blanks off, lines joined that end in a backslash. */
export interface LogicalLine {
  readonly text: string;
  /** From 1. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** A role by the path in the element. */
export function roleOf(relativePath: string): FileRole {
  const [top = '', ...rest] = relativePath.split('/');
  const phase = phases.find((name) => top === `${name}.d`);
  const isHookDepth = rest.length === 1 || (phase === 'install' && rest.length === 2 && isInstallType(rest[0] ?? ''));
  const isList = /^package-installs-/.test(rest.at(-1) ?? '');
  if (phase !== undefined && isHookDepth && !isList) return { kind: 'hook', phase, place: placeOfPhase[phase] };
  if (top === 'environment.d' && rest.length === 1) return { kind: 'environment' };
  if (top === 'bin' && rest.length === 1) return { kind: 'program' };
  if (top === 'static') return { kind: 'static' };
  if (rest.length === 0) return { kind: 'declaration' };
  return { kind: 'other' };
}

/** Whether a directory of `install.d` belongs to an install type. */
export function isInstallType(name: string): boolean {
  return /^.+-[^-]+-install$/.test(name);
}

/** The checks that a line at the left edge switches off for the whole file. */
export function disabledChecksOf(text: string): ReadonlySet<string> {
  const names = [...text.matchAll(/^# dib-lint: disable=(.*)$/gm)].flatMap((match) => (match[1] ?? '').split(/[\s,]+/));
  return new Set(names.filter((name) => name !== ''));
}

/** Joins lines that end in a backslash, as the shell does, and takes leading blanks off. */
export function logicalLinesOf(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let pending = '';
  let firstLine = 1;
  const physical = text.split('\n');
  physical.forEach((line, index) => {
    if (pending === '') firstLine = index + 1;
    if (line.endsWith('\\') && index < physical.length - 1) {
      pending += `${line.slice(0, -1).trimStart()} `;
      return;
    }
    lines.push({ text: pending + line.trimStart(), firstLine, lastLine: index + 1 });
    pending = '';
  });
  return lines;
}

/** Checks that the comment on the line, `dib-lint: NAME…`, allows there. */
export function allowedOnLine(line: string): readonly CheckName[] {
  const words = /dib-lint: (.*)$/.exec(line)?.[1]?.split(/[\s,]+/) ?? [];
  const end = words.findIndex((word) => !isCheckName(word));
  return (end < 0 ? words : words.slice(0, end)).filter(isCheckName);
}

/** Whether the file is a shell script, or part of one. */
export function isShell(file: LintFile): boolean {
  if (file.text === undefined) return false;
  if (file.role.kind === 'environment') return true;
  return /^#!.*\b(ba|da)?sh\b/.test(file.text);
}

const parsed = new WeakMap<LintFile, ScriptFacts>();

/** The facts of a shell file, parsed once. */
export function factsOf(file: LintFile): ScriptFacts {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const facts = parseScript(file.text ?? '');
  parsed.set(file, facts);
  return facts;
}
