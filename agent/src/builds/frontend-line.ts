export type FrontendVerdict =
  | { kind: 'none' }
  /** `text` is the Dockerfile with the line made a plain comment of the same length. */
  | { kind: 'ignored'; frontend: string; text: string }
  | { kind: 'refused'; frontend: string }

const DIRECTIVE = /^(\s*(?:#|\/\/)\s*)(syntax)(\s*=\s*(\S+)[^\n]*)$/i
const COMMENT = /^\s*(#|\/\/)/
const OFFICIAL =
  /^(docker\.io\/)?(docker\/dockerfile(-upstream)?)(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/

/**
 * A `# syntax=` line fetches a program that then decides what the build does (CVE-2024-23653), and
 * fails where no registry answers. Docker's own is what the engine has inside, so that line is taken
 * as a comment; any other is refused. Only the comments at the very top can hold one.
 */
export function checkFrontend(dockerfile: string): FrontendVerdict {
  if (dockerfile.trimStart().startsWith('{'))
    return /"syntax"/i.test(dockerfile) ? { kind: 'refused', frontend: 'JSON' } : { kind: 'none' }
  const lines = dockerfile.split('\n')
  for (const [at, line] of lines.entries()) {
    const found = DIRECTIVE.exec(at === 0 ? line.replace(/^\uFEFF/, '') : line)
    const frontend = found?.[4]
    if (found && frontend !== undefined) {
      if (!OFFICIAL.test(frontend)) return { kind: 'refused', frontend }
      const text = lines.with(at, line.replace(/syntax/i, 'ignore')).join('\n')
      return { kind: 'ignored', frontend, text }
    }
    if (!COMMENT.test(line) && line.trim() !== '') break
  }
  return { kind: 'none' }
}
