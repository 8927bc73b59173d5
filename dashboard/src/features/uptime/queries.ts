import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type Page, pageOf } from '@vastrox/shared/page.ts'
import {
  type AddUptimeCheck,
  type ChangeUptimeCheck,
  ListedUptimeCheck,
  MOST_WITH_INCIDENTS,
  UptimeCheck,
  UptimeCheckDetails,
} from '@vastrox/shared/uptime.ts'
import { api } from '#lib/api.ts'
import { ignored, longPageOf } from '#lib/list-of.ts'

const PATH = '/uptime-checks'
const checkPage = longPageOf<UptimeCheck>()
const pageWithIncidents = pageOf(ListedUptimeCheck)
/** 10,000 checks: one of each app, and those that were added. */
const MAX_PAGES = 50
/** Times of looks change without an event. */
const EVERY_MS = 30_000
/** When something was down changes with an event. */
const INCIDENTS_EVERY_MS = 10 * 60_000

export const checksQuery = queryOptions({
  queryKey: ['uptime', 'list'],
  queryFn: async ({ signal }) => {
    const checks: UptimeCheck[] = []
    let cursor = ''
    for (let page = 0; page < MAX_PAGES; page++) {
      const { items, nextCursor }: Page<UptimeCheck> = await api.get(
        `${PATH}?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        checkPage,
        { signal },
      )
      checks.push(...items)
      if (nextCursor === null) break
      cursor = nextCursor
    }
    return checks
  },
  refetchInterval: EVERY_MS,
})

/** When the first checks of the list were down, by their ids: for the bars of days beside them. */
export const incidentsQuery = queryOptions({
  queryKey: ['uptime', 'incidents'],
  queryFn: async ({ signal }) => {
    const { items } = await api.get(
      `${PATH}?limit=${MOST_WITH_INCIDENTS}&incidents=true`,
      pageWithIncidents,
      { signal },
    )
    return Object.fromEntries(items.map(({ id, incidents = [] }) => [id, incidents]))
  },
  refetchInterval: INCIDENTS_EVERY_MS,
})

export const checkQuery = (id: string) =>
  queryOptions({
    queryKey: ['uptime', 'one', id],
    queryFn: ({ signal }) => api.get(`${PATH}/${id}`, UptimeCheckDetails, { signal }),
    refetchInterval: EVERY_MS,
  })

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: ['uptime'] }),
  })
}

export const useAddCheck = () =>
  useChange((wish: AddUptimeCheck) => api.post(PATH, UptimeCheck, wish))
export const useChangeCheck = () =>
  useChange(({ id, ...change }: ChangeUptimeCheck & { id: string }) =>
    api.patch(`${PATH}/${id}`, UptimeCheck, change),
  )
export const useRemoveCheck = () => useChange((id: string) => api.delete(`${PATH}/${id}`, ignored))
