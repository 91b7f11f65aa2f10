// Signs that begin a formula, also in the full and small widths that spreadsheets fold. In front of one may stand what
// they pass over: white space, what cannot be seen, and marks of quotation.
const FORMULA = String.raw`['"\s\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]`
// Where a cell begins: a spreadsheet that parts cells by semicolons looks for them inside quotation marks as well.
const ARMED = new RegExp(`(?<=^|;)(?=${FORMULA})`, 'gu')
const DISARMED = new RegExp(`(?<=^|;)'(?=${FORMULA})`, 'gu')

/**
 * Text as a cell that no spreadsheet takes for a formula: with an apostrophe in front of what would be one, on one line,
 * without control characters. `plainCell` takes back all but the line breaks.
 */
export function safeCell(text: string): string {
  return text
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .replace(ARMED, "'")
}

/** What stood in a cell before `safeCell`. */
export function plainCell(cell: string): string {
  return cell.replace(DISARMED, '')
}
