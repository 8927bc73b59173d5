import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { AddedDomain, type ChangeDomain, Domain } from '@vastrox/shared/domain.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const domainList = itemsOf(Domain)
/** While one waits for its records its last look is shown, without an event for each. */
const WAITING_EVERY_MS = 15_000

export const domainsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'domains'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/domains`, domainList, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.some(({ check }) => check === null || check.state !== 'ready')
        ? WAITING_EVERY_MS
        : false,
  })

const pathOf = (app: string, host: string): string =>
  `/apps/${app}/domains/${encodeURIComponent(host)}`

/** What every act on domains makes old: also where the app is reached. */
function useRefresh() {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['app'] }),
      client.invalidateQueries({ queryKey: ['app-list'] }),
    ])
}

export interface NewDomain {
  host: string
  withCounterpart: boolean
  prove: boolean
}

export const useAddDomain = (app: string) =>
  useMutation({
    mutationFn: (wish: Partial<NewDomain> & { host: string; redirectTo?: string | null }) =>
      api.post(`/apps/${app}/domains`, AddedDomain, wish),
    onSuccess: useRefresh(),
  })

export const useChangeDomain = (app: string) =>
  useMutation({
    mutationFn: ({ host, ...changes }: ChangeDomain & { host: string }) =>
      api.patch(pathOf(app, host), Domain, changes),
    onSuccess: useRefresh(),
  })

export const useCheckDomain = (app: string) =>
  useMutation({
    mutationFn: (host: string) => api.post(`${pathOf(app, host)}/check`, Domain, {}),
    onSuccess: useRefresh(),
  })

export const useMoveDomain = (app: string) =>
  useMutation({
    mutationFn: ({ host, to }: { host: string; to: string }) =>
      api.post(`${pathOf(app, host)}/move`, Domain, { to }),
    onSuccess: useRefresh(),
  })

export const useRemoveDomain = (app: string) =>
  useMutation({
    mutationFn: (host: string) => api.delete(pathOf(app, host), ignored),
    onSuccess: useRefresh(),
  })
