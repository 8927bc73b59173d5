import { queryOptions } from '@tanstack/react-query'
import { Traffic } from '@vastrox/shared/traffic.ts'
import { api } from '#lib/api.ts'

/** Workers report every ten seconds. */
const EVERY_MS = 10_000

export const trafficQuery = (app: string, minutes: number) =>
  queryOptions({
    queryKey: ['app', app, 'traffic', String(minutes)],
    queryFn: ({ signal }) =>
      api.get(`/apps/${app}/traffic?minutes=${minutes}`, Traffic, { signal }),
    refetchInterval: EVERY_MS,
  })
