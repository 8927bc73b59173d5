/** What was typed cannot be split into words. */
export class WordsError extends Error {
  override name = 'WordsError'
}

const MAX_WORDS = 2_000

/**
 * A command line as words, with the quoting of POSIX: '…' as it is, "…" with \ before $ ` " \ and a
 * line's end, \ before any other character outside. Nothing is expanded and nothing is run: every
 * other character stands for itself (rule C1). Throws WordsError.
 */
export function splitWords(line: string): string[] {
  if (line.includes('\0')) throw new WordsError('A command has no NUL in it.')
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    if (words.length >= MAX_WORDS) throw new WordsError(`A command has at most ${MAX_WORDS} words.`)
    word ??= ''
    if (character === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) throw new WordsError("A quote (') is not closed.")
      word += line.slice(at + 1, end)
      at = end
    } else if (character === '"') {
      const quoted = readDoubleQuoted(line, at + 1)
      word += quoted.text
      at = quoted.end
    } else if (character === '\\') {
      at += 1
      if (at >= line.length) throw new WordsError('Nothing comes after the last \\.')
      // A line that goes on: both are gone.
      if (line.charAt(at) !== '\n') word += line.charAt(at)
    } else word += character
  }
  if (word !== undefined) words.push(word)
  return words
}

function readDoubleQuoted(line: string, from: number): { text: string; end: number } {
  let text = ''
  for (let at = from; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === '"') return { text, end: at }
    const next = line.charAt(at + 1)
    if (character !== '\\' || !/[$`"\\\n]/.test(next)) text += character
    else {
      if (next !== '\n') text += next
      at += 1
    }
  }
  throw new WordsError('A quote (") is not closed.')
}
