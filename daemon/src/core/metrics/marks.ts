import type { MetricMark } from '@vastrox/shared/metric.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { MarkStore } from '#store/mark-store.ts'

const MAX_MARKS = 500
const MAX_TITLE = 200

/** What happened to an app meanwhile, oldest first. */
export function appMarks(
  store: MarkStore,
  { id, name, teamId }: Pick<AppRecord, 'id' | 'name' | 'teamId'>,
  from: number,
  to: number,
): MetricMark[] {
  const between = { app: id, ...betweenOf(from, to) }
  const page = `/apps/${name}`
  const deployments = store.deploymentsForPlatform(between).map((row) => ({
    at: row.at,
    kind: kindOf(row.trigger),
    title: titleOf(row),
    link: `${page}/deployments/${row.number}`,
  }))
  const crashes = store.crashesForPlatform(between).map((row) => ({
    at: row.at,
    kind: 'crash' as const,
    title: row.oomKilled
      ? `${row.process}.${row.ordinal} was ended for want of memory`
      : `${row.process}.${row.ordinal} ended by itself${row.exitCode === null ? '' : ` with ${row.exitCode}`}`,
    link: `${page}/crashes/${row.number}`,
  }))
  const changes = store.envChangesForPlatform(between).map(({ at, actor }) => ({
    at,
    kind: 'env' as const,
    title: `${actor} changed variables`,
    link: `${page}/env`,
  }))
  const alerts = toMarks(store.alertsForPlatform(teamId, { app: id }, between))
  return sorted([...deployments, ...crashes, ...changes, ...alerts])
}

/** Alerts about things of those kinds, or about one of them. */
export const alertMarks = (
  store: MarkStore,
  teamId: string,
  about: { kinds: readonly string[]; subject?: string },
  { from, to }: { from: number; to: number },
): MetricMark[] => sorted(toMarks(store.alertsForPlatform(teamId, about, betweenOf(from, to))))

const toMarks = (alerts: readonly { at: string; title: string; link: string }[]): MetricMark[] =>
  alerts.map((alert) => ({ ...alert, kind: 'alert' as const }))

const betweenOf = (from: number, to: number) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  limit: MAX_MARKS,
})

/** Oldest first; of too many the newest. */
const sorted = (marks: readonly MetricMark[]): MetricMark[] =>
  marks
    .map((mark) => ({ ...mark, title: mark.title.slice(0, MAX_TITLE) }))
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
    .slice(-MAX_MARKS)

type DeploymentMark = ReturnType<MarkStore['deploymentsForPlatform']>[number]

function kindOf(trigger: DeploymentMark['trigger']): MetricMark['kind'] {
  if (trigger === 'roll-back' || trigger === 'restart' || trigger === 'scale') return trigger
  return trigger === 'env' ? 'restart' : 'deployment'
}

function titleOf({ number, state, release, isSwitched }: DeploymentMark): string {
  const what =
    release === null ? `Deployment ${number}` : `Deployment ${number} of release ${release}`
  if (state === 'failed' || state === 'cancelled' || state === 'reverted')
    return `${what}: ${state}`
  return isSwitched ? what : `${what}: ${state}`
}
