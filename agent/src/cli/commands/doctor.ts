import { harmless } from '@vastrox/shared/terminal-text.ts'
import { examine } from '#agent/cli/doctor/examine.ts'
import { type Finding, subjectOf } from '#agent/cli/doctor/subject.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { openPlatform } from '#agent/cli/platform/platform.ts'

const MARKS: Record<Finding['level'], string> = { ok: 'ok', warn: '! ', bad: '!!' }

/** Prints every finding with what to do about it; gives 1 when something is wrong. */
export async function doctor(installation: Installation, args: string[]): Promise<number> {
  const findings = await examineThis(installation)
  if (args.includes('--json')) console.log(JSON.stringify(findings))
  else
    for (const { check, level, message, hint } of findings) {
      console.log(`${MARKS[level]} ${check.padEnd(10)} ${harmless(message)}`)
      if (hint !== undefined) console.log(`   ${' '.repeat(10)} What to do: ${harmless(hint)}`)
    }
  return findings.some(({ level }) => level === 'bad') ? 1 : 0
}

export async function examineThis(installation: Installation): Promise<Finding[]> {
  const subject = await subjectOf(installation, openPlatform(installation))
  try {
    return await examine(subject)
  } finally {
    subject.close()
  }
}
