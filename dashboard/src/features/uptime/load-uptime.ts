import { checksQuery, incidentsQuery } from '#features/uptime/queries.ts'
import type { Load } from '#lib/load.ts'

/** The checks, and when they were down where there are any. */
export const loadUptime: Load = async ({ read }) => {
  const checks = await read(checksQuery)
  if (checks && checks.length > 0) await read(incidentsQuery)
}
