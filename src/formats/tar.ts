import type { Command } from '../model/ports.js';
import { contentPatterns } from './mounts-below.js';

/** Which tree is archived, and how. */
export interface TarOptions {
  readonly treeDirectory: string;
  /** Directories of the tree, relative to it, that something is mounted on: they stay empty. */
  readonly mountPoints: readonly string[];
  /** Where the archive goes; absent: standard output. */
  readonly archivePath?: string;
  /** Put in the place of the leading `.` of every member name; names of links move along, their texts stay. */
  readonly memberRoot?: string;
  /** Later times of modification become this one. */
  readonly sourceDateEpochSeconds?: number;
}

/** What is never part of an image: device nodes, kernel file systems' content, and file system internals. */
export const excludedPatterns: readonly string[] = ['dev/*', 'proc/*', 'sys/*', 'lost+found'];

/**
 * The command that archives a tree with GNU tar: members `./...` sorted by name, numeric owners, all extended
 * attributes, `dev`, `proc` and `sys` as empty directories.
 */
export function tarCommand(options: TarOptions): Command {
  return {
    program: 'tar',
    arguments: [
      '--create',
      `--file=${options.archivePath ?? '-'}`,
      ...posixArguments,
      '--sort=name',
      '--xattrs',
      '--xattrs-include=*',
      ...timeArguments(options.sourceDateEpochSeconds),
      ...(options.memberRoot === undefined
        ? []
        : // r regular members, h hard link targets, S symbolic link texts not.
          [`--transform=flags=rhS;s,^\\.,${options.memberRoot},`]),
      '--anchored',
      '--wildcards',
      '--wildcards-match-slash',
      ...[...excludedPatterns, ...contentPatterns(options.mountPoints)].map((pattern) => `--exclude=./${pattern}`),
      `--directory=${options.treeDirectory}`,
      '.',
    ],
  };
}

/** Numeric owners, and pax headers without the times and process numbers that would differ from run to run. */
export const posixArguments: readonly string[] = [
  '--format=posix',
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  '--numeric-owner',
];

/** Arguments that clamp times of modification. */
export function timeArguments(sourceDateEpochSeconds: number | undefined): readonly string[] {
  return sourceDateEpochSeconds === undefined ? [] : [`--mtime=@${sourceDateEpochSeconds}`, '--clamp-mtime'];
}
