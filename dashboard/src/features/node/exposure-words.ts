import type { ExposedPort, ExposureReport } from '@vastrox/shared/exposure.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

interface Said {
  tone: Tone
  text: string
}

/** Who gets there. What somebody should look at stands out; what is meant to be open does not. */
export function reachOf({ reach, to, warning }: ExposedPort): Said {
  if (reach === 'closed') return { tone: 'good', text: t('Closed') }
  if (reach === 'machine') return { tone: 'idle', text: t('This machine only') }
  const tone = warning?.level ?? 'busy'
  if (reach === 'world') return { tone, text: t('Open to the world') }
  const [first = 'some', ...more] = to
  return {
    tone,
    text:
      more.length > 0
        ? t('Open to {first} and {more} more', { first, more: more.length })
        : t('Open to {first}', { first }),
  }
}

const OUTCOME = { answered: 'answers', refused: 'refuses', silent: 'silent' }

/** What the last test said; undefined where there was none. */
export function testOf({ tested }: ExposedPort): (Said & { details: string }) | undefined {
  if (!tested) return undefined
  const details = tested.tries
    .map(({ address, outcome }) => `${address}: ${OUTCOME[outcome]}`)
    .join(', ')
  if (tested.agrees === true) return { tone: 'good', text: t('Tested'), details }
  if (tested.agrees === false) return { tone: 'bad', text: t('Test differs'), details }
  return { tone: 'idle', text: t('Test does not tell'), details }
}

/** Who answers, in one line under the name. */
export function holderOf({ by, addresses }: ExposedPort): string {
  const parts = [
    by.image,
    by.user === null ? null : t('user {user}', { user: by.user }),
    by.unit,
    by.kind === 'container' ? 'container' : null,
    addresses.join(' '),
  ]
  return parts.filter((part) => part !== null && part !== '').join(' · ')
}

const RANK = { world: 1, some: 2, closed: 3, machine: 4 }

/** What to look at first comes first. */
export const inOrder = (ports: readonly ExposedPort[]): ExposedPort[] =>
  ports.toSorted((one, other) => rankOf(one) - rankOf(other) || one.port - other.port)

const rankOf = (port: ExposedPort): number =>
  port.warning || port.tested?.agrees === false ? 0 : RANK[port.reach]

/** Sentences about the whole list. */
export function notesOf(report: ExposureReport): string[] {
  const notes = [...report.others]
  if (!report.hasPublicAddress)
    notes.push(
      t('This machine has no public address of its own: the world is every network that it is on.'),
    )
  if (report.testIsStale) notes.push(t('The rules have changed since the test.'))
  if (report.leftOff > 0)
    notes.push(t('{leftOff} more ports are left out.', { leftOff: report.leftOff }))
  return notes
}
