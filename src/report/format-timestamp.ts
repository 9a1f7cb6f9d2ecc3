/** `YYYY-MM-DD HH:MM:SS.mmm` in UTC, as every log line begins. */
export function formatTimestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', '');
}
