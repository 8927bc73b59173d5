import { AuditFilter } from '@vastrox/shared/audit-event.ts'

const DAY_MS = 86_400_000

export interface FilterDraft {
  actor: string
  action: string
  target: string
  result: string
  /** Days of the reader's calendar. */
  since: string
  until: string
}

export const NO_DRAFT: FilterDraft = {
  actor: '',
  action: '',
  target: '',
  result: '',
  since: '',
  until: '',
}

/** What is empty is not asked for; the last day counts whole. */
export function filterOf({ since, until, ...words }: FilterDraft): AuditFilter {
  const said = Object.fromEntries(
    Object.entries(words)
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value !== ''),
  )
  const from = startOf(since)
  const to = startOf(until)
  return AuditFilter.parse({
    ...said,
    ...(from && { since: from.toISOString() }),
    ...(to && { until: new Date(to.getTime() + DAY_MS).toISOString() }),
  })
}

function startOf(day: string): Date | undefined {
  const start = new Date(`${day}T00:00:00`)
  return day === '' || Number.isNaN(start.getTime()) ? undefined : start
}
