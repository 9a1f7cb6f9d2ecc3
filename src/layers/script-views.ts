import { mebibyte } from '../base/units.js';
import { readScriptFacts, type ScriptFacts } from './script-text.js';
import type { StagingWatch } from './staging-watch.js';

/** What is asked of a file that may be executed. */
export interface ScriptView {
  readonly facts: ScriptFacts;
  /** Whether the word is in its text, as a part of a longer one too. */
  names(word: string): boolean;
}

/** Longer texts are read again when they are asked for another word. */
const keptLength = mebibyte;

/**
 * Gives views of files of the staging directory; of one that is not there, the view of an empty text.
 *
 * Each text is looked through once, however often and by whatever path it is asked for: with every step the same files
 * may have been executed.
 */
export function openScriptViews(watch: Pick<StagingWatch, 'digestOfFile' | 'textOf'>): (path: string) => ScriptView {
  const scripts = new Map<string, KnownScript>();
  return (path) => {
    const read = (): string => watch.textOf(path) ?? '';
    const digest = watch.digestOfFile(path) ?? 'absent';
    const script = scripts.get(digest) ?? lookThrough(read());
    scripts.set(digest, script);
    return {
      facts: script.facts,
      names(word) {
        const answer = script.answers.get(word) ?? (script.kept ?? read()).includes(word);
        script.answers.set(word, answer);
        return answer;
      },
    };
  };
}

interface KnownScript {
  readonly facts: ScriptFacts;
  /** Absent for a long text. */
  readonly kept?: string;
  /** By word. */
  readonly answers: Map<string, boolean>;
}

function lookThrough(text: string): KnownScript {
  return { facts: readScriptFacts(text), answers: new Map(), ...(text.length <= keptLength ? { kept: text } : {}) };
}
