import { compilerRules } from '#core/failures/compiler-rules.ts'
import { nodeRules } from '#core/failures/node-rules.ts'
import { phpRules } from '#core/failures/php-rules.ts'
import { pythonRules } from '#core/failures/python-rules.ts'
import type { Explanation, Failure, Rule } from '#core/failures/rule.ts'
import { systemRules } from '#core/failures/system-rules.ts'

/** In order: what a language says about itself before what the system says about anybody. */
export const rules: readonly Rule[] = [
  ...nodeRules,
  ...pythonRules,
  ...phpRules,
  ...compilerRules,
  ...systemRules,
]

const MAX_LINES = 400
const MAX_LINE_LENGTH = 1_000
const MAX_SENTENCE_LENGTH = 300

/**
 * The cause of a failure and what to do about it, from what was printed; undefined where no rule
 * knows it. Each rule was written from a real output, which is its test.
 */
export function explainFailure(failure: Failure): Explanation | undefined {
  const seen: Failure = {
    stage: failure.stage,
    lines: failure.lines.slice(-MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH)),
  }
  for (const rule of rules) {
    if (rule.stages && !rule.stages.includes(seen.stage)) continue
    const found = firstMatch(rule, seen)
    const said = found && rule.explain(found, seen)
    if (said) return { rule: rule.name, reason: oneLine(said.reason), hint: oneLine(said.hint) }
  }
  return undefined
}

function firstMatch({ pattern, last }: Rule, { lines }: Failure): RegExpExecArray | undefined {
  for (const line of last ? lines.toReversed() : lines) {
    const found = pattern.exec(line)
    if (found) return found
  }
  return undefined
}

/** It goes to terminals and pages: nothing that steers one, and no second line (rule C15). */
const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ').slice(0, MAX_SENTENCE_LENGTH)
