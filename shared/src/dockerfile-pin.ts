import type { ImageUse } from './dockerfile-policy.ts'

/**
 * The Dockerfile with other names for the images of others, so that what was looked at is what is
 * built, whatever a tag means a moment later. A name that is not written in one piece stays as it is:
 * what comes out is to be looked at once more.
 */
export function pinImages(
  text: string,
  uses: readonly ImageUse[],
  pinOf: (name: string) => string,
): string {
  const lines = text.split('\n')
  for (const use of uses) {
    const place = find(lines, use)
    if (!place) continue
    const { index, start } = place
    const line = lines[index] ?? ''
    lines[index] = line.slice(0, start) + pinOf(use.name) + line.slice(start + use.written.length)
  }
  return lines.join('\n')
}

const ENDS = /^[\s,"'\\`]?$/

/** The first place in the instruction's own lines; what was replaced before is not found again. */
function find(
  lines: readonly string[],
  { written, kind, firstLine, lastLine }: ImageUse,
): { index: number; start: number } | undefined {
  for (let index = firstLine - 1; index < lastLine; index++) {
    const line = lines[index] ?? ''
    if (/^\s*#/.test(line)) continue
    for (
      let start = line.indexOf(written);
      start !== -1;
      start = line.indexOf(written, start + 1)
    ) {
      const before = line.slice(Math.max(0, start - 5), start)
      const isPlace = kind === 'base' ? /(^|\s)$/.test(before) : /from=$/i.test(before)
      if (isPlace && ENDS.test(line.charAt(start + written.length))) return { index, start }
    }
  }
  return undefined
}
