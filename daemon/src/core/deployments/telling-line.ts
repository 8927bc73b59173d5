const MAX_LENGTH = 300
/** "TypeError: x is not a function", "java.lang.Exception: …", "error: …", "Fatal …" */
const FAILURE = /(\w*(Error|Exception)\b.*: \S)|(^(error|fatal|panic)\b)/i
/** Frames of a stack, carets under a line, brackets, and what Node says of itself at the end. */
const NOISE = /^(at .*|Node\.js v.*|[\^~{}[\](),;]*|code: '.*)$/

/** The line of a log's end that tells best why the app ended: the last failure named, else what it said last. */
export function tellingLine(lines: readonly string[]): string | undefined {
  const said = lines.map((line) => line.trim()).filter((line) => !NOISE.test(line))
  const line = said.findLast((text) => FAILURE.test(text)) ?? said.at(-1)
  return line?.slice(0, MAX_LENGTH)
}
