import type { WordUse } from './script-facts.js';

/** A command without what only starts it. */
export interface UnwrappedCommand {
  readonly words: readonly WordUse[];
  readonly isSudo: boolean;
  readonly isInRoot: boolean;
}

/** Programs that start the command after them: which of their options take a value, and how many operands they have. */
const wrappers: Readonly<Record<string, { readonly withValue: RegExp; readonly operands: number }>> = {
  sudo: { withValue: /^-[ughpCDRTU]$|^--(user|group|host|prompt|chdir)$/, operands: 0 },
  env: { withValue: /^-[uCS]$|^--(unset|chdir)$/, operands: 0 },
  exec: { withValue: /^-a$/, operands: 0 },
  command: { withValue: /^$/, operands: 0 },
  builtin: { withValue: /^$/, operands: 0 },
  nice: { withValue: /^-n$/, operands: 0 },
  ionice: { withValue: /^-[cn]$/, operands: 0 },
  nohup: { withValue: /^$/, operands: 0 },
  time: { withValue: /^-[fo]$/, operands: 0 },
  timeout: { withValue: /^-[ks]$|^--(kill-after|signal)$/, operands: 1 },
  flock: { withValue: /^-[wE]$|^--(timeout|conflict-exit-code)$/, operands: 1 },
  xargs: { withValue: /^-[IiLlnPsdaE]$/, operands: 0 },
  chroot: { withValue: /^$/, operands: 1 },
  setarch: { withValue: /^$/, operands: 1 },
  stdbuf: { withValue: /^-[ioe]$/, operands: 0 },
  setsid: { withValue: /^$/, operands: 0 },
  unshare: { withValue: /^$/, operands: 0 },
};

/** Takes sudo, env, timeout, chroot and their like off a command. `command -v NAME` stays as it is. */
export function unwrapCommand(written: readonly WordUse[]): UnwrappedCommand {
  let words = written;
  let isSudo = false;
  let isInRoot = false;
  for (;;) {
    const name = words[0]?.literal;
    const wrapper = name === undefined || !Object.hasOwn(wrappers, name) ? undefined : wrappers[name];
    if (name === undefined || wrapper === undefined) return { words, isSudo, isInRoot };
    const rest = skipOptions(words.slice(1), wrapper);
    if (rest === undefined || rest.length === 0) return { words, isSudo, isInRoot };
    isSudo ||= name === 'sudo';
    isInRoot ||= name === 'chroot';
    words = rest;
  }
}

function skipOptions(
  words: readonly WordUse[],
  wrapper: { readonly withValue: RegExp; readonly operands: number },
): readonly WordUse[] | undefined {
  let index = 0;
  let operandsLeft = wrapper.operands;
  while (index < words.length) {
    const text = words[index]?.text ?? '';
    if (/^-[vV]$/.test(text) && wrapper.withValue.source === '^$') return undefined;
    if (text === '--') index += 1;
    else if (/^-./.test(text)) index += wrapper.withValue.test(text) ? 2 : 1;
    else if (/^[A-Za-z_]\w*=/.test(text)) index += 1;
    else if (operandsLeft > 0) {
      operandsLeft -= 1;
      index += 1;
    } else break;
  }
  return words.slice(index);
}
