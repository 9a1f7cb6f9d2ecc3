import {
  type Assignment,
  type Command,
  forEachChild,
  type ParameterExpansionPart,
  type ParsedScript,
  parse,
  type Redirection,
  type SyntaxNode,
  type Word,
} from 'unbash';
import type {
  AssignmentUse,
  CommandUse,
  PipelineUse,
  RedirectionUse,
  ScriptFacts,
  VariableUse,
  WordUse,
} from './script-facts.js';
import { unwrapCommand } from './unwrap-command.js';
import { readWord } from './word-use.js';

/** Where in a script the walk is. */
interface Place {
  /** Set inside backquotes with escapes, whose nodes have no place of their own. */
  readonly base?: number;
  readonly isGuarded: boolean;
  readonly isPiped: boolean;
  readonly isInSubstitution: boolean;
  readonly functionName?: string;
}

interface Walk {
  readonly errors: { readonly message: string; readonly offset: number }[];
  readonly commands: CommandUse[];
  readonly pipelines: PipelineUse[];
  readonly variables: VariableUse[];
  readonly assignments: AssignmentUse[];
  readonly assignedNames: Set<string>;
  readonly exportedNames: Set<string>;
  readonly guardedFrom: Map<string, number>;
  readonly functionNames: Set<string>;
  readonly sourcedLibraryFiles: string[];
  readonly unfinishedHereDocuments: { readonly delimiter: string; readonly offset: number }[];
  setsUnknownNames: boolean;
  hasErrexit: boolean;
  hasNounset: boolean;
  hasPipefail: boolean;
}

const declarators = new Set(['export', 'local', 'declare', 'readonly', 'typeset']);
const identifier = /^[A-Za-z_]\w*$/;

/** Parses a shell script and gathers in one walk what the checks ask about it. Never throws for bad scripts. */
export function parseScript(text: string): ScriptFacts {
  const walk: Walk = {
    errors: [],
    commands: [],
    pipelines: [],
    variables: [],
    assignments: [],
    assignedNames: new Set(),
    exportedNames: new Set(),
    guardedFrom: new Map(),
    functionNames: new Set(),
    sourcedLibraryFiles: [],
    unfinishedHereDocuments: [],
    setsUnknownNames: false,
    hasErrexit: /^#!\S+.* -\w*e/.test(text),
    hasNounset: /^#!\S+.* -\w*u/.test(text),
    hasPipefail: false,
  };
  const script = parse(text);
  visit(script, { isGuarded: false, isPiped: false, isInSubstitution: false }, walk);
  const lastCondition = lastConditionOf(script);
  return { ...walk, ...(lastCondition === undefined ? {} : { lastCondition }) };
}

function visit(node: SyntaxNode, place: Place, walk: Walk): void {
  switch (node.type) {
    case 'Script':
      visitScript(node, place, walk);
      return;
    case 'AndOr':
      node.commands.forEach((command, index) => {
        visit(command, { ...place, isGuarded: place.isGuarded || index < node.commands.length - 1 }, walk);
      });
      return;
    case 'Pipeline': {
      const isGuarded = place.isGuarded || node.prefixes.some((prefix) => prefix.type === 'Negation');
      if (node.commands.length > 1)
        walk.pipelines.push({
          members: node.commands.map(nameOfMember),
          offset: place.base ?? node.pos,
          isGuarded,
        });
      node.commands.forEach((command, index) => {
        visit(command, { ...place, isGuarded, isPiped: index < node.commands.length - 1 }, walk);
      });
      return;
    }
    case 'If':
    case 'Elif':
    case 'While':
      visit(node.clause, { ...place, isGuarded: true }, walk);
      forEachChild(node, (child) => {
        if (child !== node.clause) visit(child, place, walk);
      });
      return;
    case 'Function':
      walk.functionNames.add(node.name.value);
      visit(node.body, { ...place, functionName: node.name.value, isGuarded: false }, walk);
      return;
    case 'For':
    case 'Select':
      walk.assignedNames.add(node.name.value);
      walk.assignments.push({
        name: node.name.value,
        text: (node.wordlist ?? []).map((word) => word.text).join(' '),
        offset: place.base ?? node.pos,
        isExported: false,
        isLoop: true,
        hasCommand: false,
        isInFunction: place.functionName !== undefined,
      });
      for (const word of node.wordlist ?? []) visit(word, place, walk);
      visit(node.body, place, walk);
      return;
    case 'Coproc':
      walk.assignedNames.add(node.name?.value ?? 'COPROC');
      break;
    case 'Word':
      // Without these nothing in a word is run or expanded.
      if (!/[$`(]/.test(node.text)) return;
      break;
    case 'Command':
      visitCommand(node, place, walk);
      return;
    case 'Assignment':
      visitAssignment({ node, place, walk });
      return;
    case 'TestUnary':
      if (node.operator === '-v') guard(node.operand.value, place.base ?? node.pos, walk);
      break;
    case 'FileDescriptorVariable':
      walk.assignedNames.add(node.name);
      return;
    case 'HereDoc':
      if (node.closing === undefined)
        walk.unfinishedHereDocuments.push({
          delimiter: node.delimiter?.value ?? '',
          offset: place.base ?? node.pos,
        });
      break;
    case 'SimpleExpansion': {
      const name = node.text.slice(1);
      if (identifier.test(name)) use(name, place.base ?? node.pos, false, walk);
      return;
    }
    case 'ParameterExpansion':
      visitParameter(node, place, walk);
      return;
    case 'ArithmeticBinary':
      if (/^([-+*/%&|^]|<<|>>)?=$/.test(node.operator) && node.left.type === 'ArithmeticWord')
        walk.assignedNames.add(node.left.value);
      break;
    case 'ArithmeticWord': {
      const name = /^([A-Za-z_]\w*)/.exec(node.value)?.[1];
      if (name !== undefined && !node.value.includes('$')) use(name, place.base ?? node.pos, false, walk);
      break;
    }
    default:
      break;
  }
  forEachChild(node, (child) => visit(child, insideOf(node, place), walk));
}

/** Commands in a substitution do not end the script by failing in the same way; their place is that of the word. */
function insideOf(node: SyntaxNode, place: Place): Place {
  if (node.type !== 'CommandExpansion' && node.type !== 'ProcessSubstitution') return place;
  const hasOwnText = node.script?.source !== undefined;
  return {
    ...place,
    isInSubstitution: true,
    isPiped: false,
    ...(hasOwnText && place.base === undefined ? { base: node.pos } : {}),
  };
}

function visitScript(node: ParsedScript, place: Place, walk: Walk): void {
  for (const error of node.errors ?? []) walk.errors.push({ message: error.message, offset: place.base ?? error.pos });
  for (const statement of node.commands) visit(statement, place, walk);
}

function visitCommand(node: Command, place: Place, walk: Walk): void {
  const written = node.name === undefined ? [] : [node.name, ...node.args.filter((word) => word.type === 'Word')];
  const all = written.map((word) => readWord(word, place.base));
  const { words, isSudo, isInRoot } = unwrapCommand(all);
  const [nameWord, ...operands] = words;
  const name = nameWord?.literal;
  const redirections = node.redirects.map((redirection) => readRedirection(redirection, place));
  walk.commands.push({
    ...(name === undefined ? {} : { name }),
    ...(nameWord === undefined ? {} : { nameWord }),
    arguments: operands,
    redirections,
    offset: all[0]?.offset ?? place.base ?? node.pos,
    isGuarded: place.isGuarded,
    isSudo,
    isInRoot,
    isInSubstitution: place.isInSubstitution,
    isPiped: place.isPiped,
    ...(place.functionName === undefined ? {} : { functionName: place.functionName }),
  });
  const writtenName = all[0]?.literal ?? '';
  const declarator = declarators.has(writtenName) ? writtenName : undefined;
  for (const item of node.prefix) {
    if (item.type !== 'Assignment') visit(item, place, walk);
    else if (node.name === undefined) visitAssignment({ node: item, place, walk });
    else forEachChild(item, (child) => visit(child, place, walk));
  }
  if (node.name !== undefined) visit(node.name, place, walk);
  const isExport =
    declarator === 'export' || (declarator !== undefined && all.some((word) => /^-\w*x/.test(word.text)));
  for (const item of node.suffix) {
    if (item.type === 'Assignment') visitAssignment({ node: item, place, walk, declarator, isExport });
    else visit(item, place, walk);
  }
  noteEffects({ name, operands, declarator, isExport, place, walk });
}

/** What a command does to the variables of the script. */
function noteEffects(options: {
  readonly name: string | undefined;
  readonly operands: readonly WordUse[];
  readonly declarator: string | undefined;
  readonly isExport: boolean;
  readonly place: Place;
  readonly walk: Walk;
}): void {
  const { name, operands, declarator, isExport, place, walk } = options;
  const literals = operands.map((word) => word.literal ?? '');
  if (declarator !== undefined) {
    for (const literal of literals.filter((text) => identifier.test(text))) {
      if (isExport) walk.exportedNames.add(literal);
      if (declarator !== 'export' && declarator !== 'readonly') walk.assignedNames.add(literal);
    }
    if (operands.some((word) => word.literal === undefined && /^["']?\$/.test(word.text))) walk.setsUnknownNames = true;
    return;
  }
  switch (name) {
    case 'set':
      noteSetOptions(literals, walk);
      return;
    case 'read':
    case 'mapfile':
    case 'readarray':
    case 'getopts':
    case 'wait':
    case 'let':
      for (const literal of literals) {
        const assigned = /^([A-Za-z_]\w*)/.exec(literal)?.[1];
        if (assigned !== undefined) walk.assignedNames.add(assigned);
      }
      return;
    case 'printf':
      if (literals[0] === '-v' && literals[1] !== undefined) walk.assignedNames.add(literals[1].replace(/\[.*/, ''));
      return;
    case 'unset':
      return;
    case 'test':
    case '[':
      if (literals[0] === '-v' && literals[1] !== undefined) guard(literals[1], place.base ?? 0, walk);
      return;
    case 'eval':
      walk.setsUnknownNames = true;
      return;
    case 'source':
    case '.': {
      const file = /^["']?\$\{?_LIB\}?["']?\/([\w.-]+)["']?$/.exec(operands[0]?.text ?? '')?.[1];
      if (file === undefined) walk.setsUnknownNames = true;
      else walk.sourcedLibraryFiles.push(file);
      return;
    }
    default:
      return;
  }
}

function noteSetOptions(words: readonly string[], walk: Walk): void {
  words.forEach((word, index) => {
    if (/^-\w*e/.test(word)) walk.hasErrexit = true;
    if (/^-\w*u/.test(word)) walk.hasNounset = true;
    const isLong = /^-\w*o$/.test(word);
    if (isLong && words[index + 1] === 'errexit') walk.hasErrexit = true;
    if (isLong && words[index + 1] === 'nounset') walk.hasNounset = true;
    if (isLong && words[index + 1] === 'pipefail') walk.hasPipefail = true;
  });
}

function visitAssignment(options: {
  readonly node: Assignment;
  readonly place: Place;
  readonly walk: Walk;
  readonly declarator?: string | undefined;
  readonly isExport?: boolean;
}): void {
  const { node, place, walk, declarator, isExport = false } = options;
  walk.assignedNames.add(node.name);
  if (isExport) walk.exportedNames.add(node.name);
  const value = node.value.type === 'Word' ? node.value : undefined;
  walk.assignments.push({
    name: node.name,
    ...(value === undefined ? {} : { value: readWord(value, place.base) }),
    text: node.text,
    offset: place.base ?? node.pos,
    ...(declarator === undefined ? {} : { declarator }),
    isExported: isExport,
    isLoop: false,
    hasCommand: value !== undefined && isCommandOnly(value),
    isInFunction: place.functionName !== undefined,
  });
  forEachChild(node, (child) => visit(child, place, walk));
}

/** Whether the value is nothing but a command's output, so that its failure would be the assignment's. */
function isCommandOnly(word: Word): boolean {
  const parts = word.parts ?? [];
  const inner = parts.length === 1 && parts[0]?.type === 'DoubleQuoted' ? parts[0].parts : parts;
  return inner.some((part) => part.type === 'CommandExpansion');
}

function visitParameter(node: ParameterExpansionPart, place: Place, walk: Walk): void {
  const offset = place.base ?? node.pos;
  const { operation } = node;
  if (identifier.test(node.parameter)) {
    const isDefault = operation?.type === 'Default';
    const isNames = operation?.type === 'Names';
    if (isDefault) {
      guard(node.parameter, offset, walk);
      if (operation.operator.endsWith('=')) walk.assignedNames.add(node.parameter);
    }
    if (!isNames) use(node.parameter, offset, isDefault, walk);
  }
  forEachChild(node, (child) => visit(child, place, walk));
}

function use(name: string, offset: number, hasFallback: boolean, walk: Walk): void {
  walk.variables.push({ name, offset, hasFallback });
}

function guard(name: string, offset: number, walk: Walk): void {
  const known = walk.guardedFrom.get(name);
  if (known === undefined || offset < known) walk.guardedFrom.set(name, offset);
}

function readRedirection(redirection: Redirection, place: Place): RedirectionUse {
  const target = redirection.type === 'HereDoc' ? undefined : redirection.target;
  const descriptor = redirection.descriptor?.type === 'FileDescriptor' ? redirection.descriptor.value : undefined;
  return {
    operator: redirection.operator,
    offset: place.base ?? redirection.pos,
    ...(descriptor === undefined ? {} : { descriptor }),
    ...(target === undefined ? {} : { target: readWord(target, place.base) }),
  };
}

function nameOfMember(node: SyntaxNode): string | undefined {
  if (node.type !== 'Command' || node.name === undefined) return undefined;
  const words = [node.name, ...node.args.filter((word) => word.type === 'Word')].map((word) => readWord(word));
  return unwrapCommand(words).words[0]?.literal;
}

function lastConditionOf(script: ParsedScript): ScriptFacts['lastCondition'] {
  const last = script.commands.at(-1);
  if (last === undefined || last.background === true || last.command.type !== 'AndOr') return undefined;
  const { commands, operators } = last.command;
  if (operators.includes('||')) return undefined;
  const [condition] = commands;
  if (condition === undefined) return undefined;
  const name = condition.type === 'TestCommand' ? '[[' : nameOfMember(condition);
  const isCondition =
    name !== undefined && ['[', '[[', 'test', 'grep', 'type', 'command', 'cmp', 'false'].includes(name);
  return isCondition ? { command: name, offset: last.pos } : undefined;
}
