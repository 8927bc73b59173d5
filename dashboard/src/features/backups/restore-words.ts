import type { Backup, BackupSubject, CreateRestore, Restore } from '@vastrox/shared/backup.ts'
import { t } from '#lib/words.ts'

export type How = CreateRestore['how']

export const isRestoreUnderWay = ({ state }: Pick<Restore, 'state'>): boolean =>
  state !== 'done' && state !== 'failed'

interface Way {
  how: How
  title: string
  /** What becomes of what is there: the sentence that somebody decides by. */
  lead: string
  /** Said where it is chosen first by itself. */
  isUsual: boolean
  isDangerous: boolean
}

const thing = (type: BackupSubject['type']): string => (type === 'volume' ? 'volume' : 'add-on')

/** The ways back that there are for a subject, the safest first. */
export function waysFor({ type, name }: BackupSubject): Way[] {
  if (type === 'platform') return []
  if (type === 'app')
    return [
      {
        how: 'switch',
        title: t('Deploy what was there then'),
        lead: t(
          'Its code, settings and env of that time become a new release, by a deployment like any other. Until it answers, the release that is live serves on; afterwards a roll-back leads to it. Volumes and databases are not touched.',
        ),
        isUsual: true,
        isDangerous: true,
      },
    ]
  const own: Way[] = [
    {
      how: 'new',
      title: t('A new {type} beside it', { type: thing(type) }),
      lead:
        type === 'volume'
          ? t(
              'What is there is not touched. The instances see the new one at /restored/…, after a restart that drops no request.',
            )
          : t('What is there is not touched. You look at the new add-on and decide then.'),
      isUsual: true,
      isDangerous: false,
    },
    {
      how: 'switch',
      title: t('Restore beside it, then take its place'),
      lead: t(
        'A new {type} is made and checked; only then it becomes {name}. What is there now goes to the trash, whole, and waits there for 7 days. It is away for the moment of the switch.',
        { type: thing(type), name },
      ),
      isUsual: false,
      isDangerous: true,
    },
    {
      how: 'in-place',
      title: t('Write over what is there'),
      lead: t(
        'A backup of what is there is made first, by itself. Then it is replaced; {name} is away until it is done.',
        { name },
      ),
      isUsual: false,
      isDangerous: true,
    },
  ]
  return type === 'volume'
    ? [
        ...own,
        {
          how: 'files',
          title: t('Some files'),
          lead: t(
            'They are put into a folder restored-… of {name}, beside what is there. Nothing is written over.',
            { name },
          ),
          isUsual: false,
          isDangerous: false,
        },
      ]
    : own
}

/** What the last button says. */
export function sayAct(how: How, name: string): string {
  switch (how) {
    case 'new':
      return t('Restore into a new one')
    case 'switch':
      return t('Restore and switch {name}', { name })
    case 'in-place':
      return t('Write over {name}', { name })
    case 'files':
      return t('Restore these files')
    default:
      return how satisfies never
  }
}

/** A name for what is restored beside: the old one, and the day that it is of. */
export function nameFor({ subject, startedAt }: Pick<Backup, 'subject' | 'startedAt'>): string {
  const base = subject.name.split('/').at(-1) ?? subject.name
  const day = startedAt.slice(5, 10).replace('-', '')
  return `${base.slice(0, 32).replace(/-+$/, '')}-${day}`
}

export type Step = Exclude<Restore['state'], 'queued' | 'done' | 'failed'>

/** A volume and an app come into force by a deployment, however they come back. */
const stepsFor = (how: How, type: BackupSubject['type']): readonly Step[] => {
  const made: readonly Step[] = how === 'in-place' ? ['saving', 'restoring'] : ['restoring']
  const isSwitched = how === 'switch' || (type === 'volume' && how !== 'files')
  return [...made, 'checking', ...(isSwitched ? (['switching'] as const) : [])]
}
const SAID: Record<Step, { title: string; lead: string }> = {
  saving: {
    title: t('Save what is there'),
    lead: t('A backup of it, so that this can be taken back.'),
  },
  restoring: { title: t('Restore'), lead: t('Fetched from the destination, and written.') },
  checking: {
    title: t('Check'),
    lead: t('Compared with what was counted when the backup was made.'),
  },
  switching: { title: t('Switch'), lead: t('It comes into force, once it is known to work.') },
}

export interface StepStanding {
  step: Step
  title: string
  lead: string
  state: 'ahead' | 'now' | 'done' | 'failed'
}

/** The steps of a restore, and how far it is. What failed is where it stopped. */
export function stepsOf({
  how,
  subject,
  state,
  checks,
  safetyBackupId,
}: Pick<Restore, 'how' | 'subject' | 'state' | 'checks' | 'safetyBackupId'>): StepStanding[] {
  const isSaved = state === 'saving' || safetyBackupId !== null
  const usual = stepsFor(how, subject.type)
  const steps = isSaved && !usual.includes('saving') ? (['saving', ...usual] as const) : usual
  const at = steps.findIndex((step) => step === state)
  const failedAt = state === 'failed' ? stoppedAt(steps, checks.length > 0, safetyBackupId) : -1
  return steps.map((step, index) => ({
    step,
    ...SAID[step],
    state: standing(index, at, failedAt, state),
  }))
}

function standing(
  index: number,
  at: number,
  failedAt: number,
  state: Restore['state'],
): StepStanding['state'] {
  if (state === 'done') return 'done'
  if (state === 'failed') {
    if (index === failedAt) return 'failed'
    return index < failedAt ? 'done' : 'ahead'
  }
  if (index === at) return 'now'
  return index < at ? 'done' : 'ahead'
}

/** The row says only that it failed: what it has tells how far it had come. */
function stoppedAt(
  steps: readonly Step[],
  hasChecks: boolean,
  safetyBackupId: string | null,
): number {
  if (hasChecks) return steps.indexOf('checking')
  if (steps.includes('saving') && safetyBackupId === null) return steps.indexOf('saving')
  return steps.indexOf('restoring')
}

/** What to say when it is over. */
export function sayEnd({ how, target, subject, state }: Restore): string {
  if (state === 'done' && subject.type === 'app')
    return t('{name} runs what was there then.', { name: subject.name })
  if (state === 'failed')
    return how === 'in-place' && subject.type === 'addon'
      ? t('It could not be restored. The backup that was made first is there to go back to.')
      : t('It could not be restored. {name} was not touched.', { name: subject.name })
  switch (how) {
    case 'new':
      return t('{target} is there, beside {name}.', {
        target: target ?? t('The new one'),
        name: subject.name,
      })
    case 'switch':
      return t(
        '{target} is what was restored now. What was there before is in the trash for 7 days.',
        { target: target ?? subject.name },
      )
    case 'in-place':
      return t('{target} is as it was then.', { target: target ?? subject.name })
    case 'files':
      return target === null
        ? t('The files are there.')
        : t('The files are in {target}.', { target })
    default:
      return how satisfies never
  }
}
