/** Why a text is not JSON, and where. */
export interface JsonFault {
  readonly reason: string;
  /** In UTF-16 units from the start. */
  readonly offset: number;
}

/** The first fault of a text that should be JSON, or undefined. */
export function findJsonFault(text: string): JsonFault | undefined {
  const message = parseMessage(text);
  if (message === undefined) return undefined;
  const reason = message
    .replace(/,? "[\s\S]*is not valid JSON$/, '')
    .replace(/,? \.\.\.[\s\S]*is not valid JSON$/, '')
    .replace(/ in JSON at position[\s\S]*/, '');
  const position = /position (\d+)/.exec(message)?.[1];
  return { reason, offset: position === undefined ? offsetOfFault(text) : Number(position) };
}

/**
 * Node 20 gives no position for some faults. A beginning of a text without fault only lacks its end, so the fault is
 * the last character of the shortest beginning that fails in another way.
 */
function offsetOfFault(text: string): number {
  let sound = 0;
  let faulty = text.length + 1;
  while (faulty - sound > 1) {
    const length = Math.floor((sound + faulty) / 2);
    if (length <= text.length && onlyLacksItsEnd(text.slice(0, length))) sound = length;
    else faulty = length;
  }
  return Math.min(sound, text.length);
}

function onlyLacksItsEnd(beginning: string): boolean {
  const message = parseMessage(beginning);
  if (message === undefined || /end of JSON input|Unterminated string/.test(message)) return true;
  const position = /position (\d+)/.exec(message)?.[1];
  return position !== undefined && Number(position) >= beginning.length;
}

function parseMessage(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}
