/** Directories searched for our own programs: the caller's PATH, then where administrators' programs lie. */
export function pathDirectoriesOf(environment: Readonly<Record<string, string>>): readonly string[] {
  const given = (environment.PATH || '/usr/local/bin:/usr/bin:/bin').split(':').filter((path) => path.startsWith('/'));
  return [...new Set([...given, '/usr/local/sbin', '/usr/sbin', '/sbin'])];
}
