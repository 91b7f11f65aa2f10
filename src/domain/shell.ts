/** One word for a POSIX shell: what others wrote is no command when the line that it stands in is copied. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
