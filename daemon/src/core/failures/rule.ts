/** What a failed step printed, and where it was. */
export interface Failure {
  stage: 'build' | 'release-command' | 'start'
  /** The last lines, without the platform's own marks; at most 400 of 1,000 characters. */
  lines: readonly string[]
}

export interface Explanation {
  /** Names the rule, for tests and statistics. */
  rule: string
  /** What went wrong, in one line. */
  reason: string
  /** What to do about it, in one line. */
  hint: string
}

export interface Rule {
  name: string
  /** Looked for in each line; the first match counts, unless `last` says the last. Linear in time. */
  pattern: RegExp
  last?: true
  stages?: readonly Failure['stage'][]
  /** undefined where a second look says that it is something else. */
  explain(found: RegExpExecArray, failure: Failure): { reason: string; hint: string } | undefined
}

/** The first group of the first line that matches. */
export function find({ lines }: Failure, pattern: RegExp): string | undefined {
  for (const line of lines) {
    const found = pattern.exec(line)
    if (found) return found[1] ?? found[0]
  }
  return undefined
}
