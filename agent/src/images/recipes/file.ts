/** Part of a RUN line that writes a file. No line may have `<<` in it, which a Dockerfile takes for its own. */
export const printed = (lines: readonly string[], file: string): string =>
  `printf '%s\\n' ${lines.map((line) => `'${line.replaceAll("'", "'\\''")}'`).join(' ')} > ${file}`
