import { firingQuery } from '#features/alerts/queries.ts'
import { alertSummaryQuery } from '#features/alerts/summary-query.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { firstRunQuery } from '#features/first-run/queries.ts'
import { meQuery } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'

/**
 * The apps, with what stands above them only sometimes: known before the page is shown, so that
 * nothing moves when it comes. Nothing is asked that somebody may not see.
 */
export const loadFirstPage: Load = async ({ read, may }) => {
  const me = await read(meQuery)
  return Promise.all([
    read(appsQuery),
    may('alert.read') && read(firingQuery()),
    may('alert.read') && read(alertSummaryQuery),
    me?.role !== 'guest' && read(firstRunQuery),
  ])
}
