import type { CommandUse, WordUse } from './script-facts.js';

/** Commands that change each operand. */
const changesAll = /^(rm|rmdir|mkdir|touch|truncate|tee|mkfs(\.\w+)?|umount|shred|wipefs|unlink|mknod|mkfifo)$/;
/** Commands that change all operands but the first. */
const changesAllButFirst = /^(chmod|chown|chgrp|chattr|setfacl)$/;
/** Commands whose last operand is where they write. */
const changesLast = /^(cp|mv|ln|install|rsync|mount)$/;
/** Options of these commands that take a value. */
const optionsWithValue = /^-[mogtSBoO]$|^--(mode|owner|group|target-directory|suffix|options|types)$/;

/** The words of a command that name what it writes, redirections included. */
export function writtenPaths(command: CommandUse): readonly WordUse[] {
  const redirected = command.redirections
    .filter(({ operator }) => /^(>|>>|>\||&>|&>>|<>)$/.test(operator))
    .flatMap(({ target }) => target ?? []);
  return [...redirected, ...operandsWritten(command)];
}

function operandsWritten(command: CommandUse): readonly WordUse[] {
  const name = command.name ?? '';
  const { operands, targetDirectory } = splitOptions(command);
  if (changesAll.test(name)) return operands;
  if (changesAllButFirst.test(name)) return operands.slice(1);
  if (name === 'install' && command.arguments.some((word) => /^-\w*d$|^--directory$/.test(word.text))) return operands;
  if (changesLast.test(name)) {
    if (targetDirectory !== undefined) return [targetDirectory];
    return operands.length > 1 ? operands.slice(-1) : [];
  }
  if (name === 'dd') return command.arguments.filter((word) => word.prefix.startsWith('of=')).map(withoutKey);
  if (name === 'sed' && command.arguments.some((word) => /^-\w*i|^--in-place/.test(word.text))) {
    const hasScriptOption = command.arguments.some((word) => /^-\w*[ef]$|^--(expression|file)/.test(word.text));
    return hasScriptOption ? operands.filter((word) => word.prefix.startsWith('/')) : operands.slice(1);
  }
  if (name === 'tar' && command.arguments.some((word) => /^-?\w*x|^--(extract|get)/.test(word.text))) {
    const at = command.arguments.findIndex((word) => /^-\w*C$|^--directory$/.test(word.text));
    const directory = at < 0 ? undefined : command.arguments[at + 1];
    return directory === undefined ? [] : [directory];
  }
  return [];
}

function splitOptions(command: CommandUse): {
  readonly operands: readonly WordUse[];
  readonly targetDirectory?: WordUse;
} {
  const operands: WordUse[] = [];
  let targetDirectory: WordUse | undefined;
  const words = command.arguments;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) continue;
    const isOption = /^-./.test(word.text);
    if (!isOption) operands.push(word);
    else if (optionsWithValue.test(word.text) && takesValue(command.name ?? '', word.text)) {
      index += 1;
      if (/^(-t|--target-directory)$/.test(word.text) && command.name !== 'mount') targetDirectory = words[index];
    } else if (word.text.startsWith('--target-directory=')) targetDirectory = withoutKey(word);
  }
  return { operands, ...(targetDirectory === undefined ? {} : { targetDirectory }) };
}

/** `mkdir -m 755`, `install -m/-o/-g/-t`, `cp -t`, `mount -t/-o`; elsewhere these letters are flags. */
function takesValue(name: string, option: string): boolean {
  if (option.startsWith('--')) return true;
  const letters: Readonly<Record<string, string>> = {
    install: 'mogtSB',
    mkdir: 'm',
    mkfifo: 'm',
    mknod: 'm',
    cp: 'tS',
    mv: 'tS',
    ln: 'tS',
    mount: 'toO',
    umount: 'tO',
  };
  return (letters[name] ?? '').includes(option.slice(1));
}

function withoutKey(word: WordUse): WordUse {
  const key = /^[^=]*=/.exec(word.prefix)?.[0] ?? '';
  const prefix = word.prefix.slice(key.length);
  return { ...word, prefix, ...(word.literal === undefined ? {} : { literal: prefix }) };
}
