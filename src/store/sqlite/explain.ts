import { StoreError } from '../error.ts'

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that mean something to a person. */
const ADVICE: Readonly<Record<number, string>> = {
  5: 'is in use: another process has been writing to it for too long. Try again; if it stays so, stop the other process',
  6: 'is in use: another process has been writing to it for too long. Try again; if it stays so, stop the other process',
  8: 'cannot be written to. Give this user the right to write the file and its folder',
  10: 'cannot be read or written: the disk reports an error. Check the disk and its free space, then run again',
  11: 'is damaged. Keep a copy of it, then put a backup in its place',
  13: 'cannot grow: the disk is full. Free some space and run again; nothing that was recorded is lost',
  14: 'cannot be opened. It must be a file, in a folder that this user may read and write',
  26: 'is not a groundwire store: it is not an SQLite database. Move it away, or choose another data folder',
}

/** What went wrong, for people, with the original as `cause`. Errors that are not the database's own come back as they are. */
export function explain(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError || !('code' in error)) return error
  if (error.code === 'ERR_INVALID_STATE')
    return new StoreError(`The store ${path} is closed already.`, { cause: error })
  if (error.code !== 'ERR_SQLITE_ERROR') return error
  if (/^no such (table|column)/.test(error.message))
    return new StoreError(`The store ${path} is not up to date. Run "groundwire migrate".`, { cause: error })
  const advice = ADVICE[primaryCode(error)] ?? `refused what was asked: ${error.message}`
  return new StoreError(`The store ${path} ${advice}.`, { cause: error })
}

/** Another connection holds the lock that was asked for: SQLITE_BUSY in any of its extended forms. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && primaryCode(error) === 5
}

/** The low byte of an extended result code; 0 when the error has none. */
function primaryCode(error: Error): number {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0
}
