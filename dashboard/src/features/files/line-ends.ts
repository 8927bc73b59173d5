/** Lines end as they did: what is mixed keeps each of its own. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  const ends = text.match(/\r?\n|\r/g) ?? []
  return ends.length > 0 && ends.every((end) => end === '\r\n') ? '\r\n' : '\n'
}

/**
 * The lines that a text is compared with. How lines end is no difference between two files that each have
 * one way; in one where it is mixed each line keeps its own, as it does in the editor.
 */
export const linesBeside = (original: string, text: string): string[] =>
  original.split(lineEndOf(text) === '\n' && text.includes('\r') ? '\n' : /\r?\n/)

/** Whether the lines are the same and only their ends are not. */
export const differsInLineEnds = (one: string, other: string): boolean =>
  one !== other && withLineEnd(one, '\n') === withLineEnd(other, '\n')

/** A text from elsewhere with the line ends of the file that it is put into. */
export const withLineEnd = (text: string, end: '\n' | '\r\n'): string =>
  text.replaceAll(/\r\n?|\n/g, end)
