import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  Addon,
  AddonAttachment,
  AddonCatalogEntry,
  AddonException,
  AddonUsage,
  type AttachAddon,
  type ChangeAddon,
  type CreateAddon,
  type CreateAddonException,
  DestroyedAddon,
} from '@vastrox/shared/addon.ts'
import { z } from 'zod'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const addonList = itemsOf(Addon)
const catalogList = itemsOf(AddonCatalogEntry)
const exceptionList = itemsOf(AddonException)
const destroyedList = itemsOf(DestroyedAddon)

/** While something moves it is looked at without an event. */
const MOVING_EVERY_MS = 2_000
const USAGE_EVERY_MS = 15_000
const isMoving = ({ state }: Pick<Addon, 'state'>): boolean =>
  state === 'creating' || state === 'restoring'

export const addonsQuery = queryOptions({
  queryKey: ['addons', 'list'],
  queryFn: ({ signal }) => api.get('/addons', addonList, { signal }),
  refetchInterval: ({ state }) => (state.data?.some(isMoving) ? MOVING_EVERY_MS : false),
})

export const addonQuery = (name: string) =>
  queryOptions({
    queryKey: ['addons', 'one', name],
    queryFn: ({ signal }) => api.get(`/addons/${name}`, Addon, { signal }),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? MOVING_EVERY_MS : false),
  })

/** Asked for only while somebody looks. */
export const usageQuery = (name: string) =>
  queryOptions({
    queryKey: ['addons', 'one', name, 'usage'],
    queryFn: ({ signal }) => api.get(`/addons/${name}/usage`, AddonUsage, { signal }),
    refetchInterval: USAGE_EVERY_MS,
    staleTime: USAGE_EVERY_MS,
    retry: false,
  })

export const catalogQuery = queryOptions({
  queryKey: ['addons', 'kinds'],
  queryFn: ({ signal }) => api.get('/catalog/addons', catalogList, { signal }),
  staleTime: 60_000,
})

export const exceptionsQuery = (name: string) =>
  queryOptions({
    queryKey: ['addons', 'one', name, 'exceptions'],
    queryFn: ({ signal }) => api.get(`/addons/${name}/exceptions`, exceptionList, { signal }),
  })

/** Stopped and kept. */
export const destroyedAddonsQuery = queryOptions({
  queryKey: ['addons', 'destroyed'],
  queryFn: ({ signal }) => api.get('/destroyed-addons', destroyedList, { signal }),
})

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['addons'] }),
        // The variables of an app change with what is attached to it.
        client.invalidateQueries({ queryKey: ['app'] }),
      ]),
  })
}

export const useCreateAddon = () =>
  useChange((wish: CreateAddon) => api.post('/addons', Addon, wish))
export const useChangeAddon = (name: string) =>
  useChange((change: ChangeAddon) => api.patch(`/addons/${name}`, Addon, change))
export const useDestroyAddon = (name: string) =>
  useChange(() => api.delete(`/addons/${name}`, ignored, { confirm: name }))

export type AddonVerb = 'restart' | 'start' | 'stop' | 'rotate'
export const useAddonVerb = (name: string) =>
  useChange((verb: AddonVerb) => api.post(`/addons/${name}/${verb}`, ignored))

export const useAttach = () =>
  useChange(({ addon, ...wish }: AttachAddon & { addon: string }) =>
    api.post(`/addons/${addon}/attachments`, AddonAttachment, wish),
  )
export const useDetach = () =>
  useChange(({ addon, app }: { addon: string; app: string }) =>
    api.delete(`/addons/${addon}/attachments/${app}`, ignored),
  )

export const useOpenException = (name: string) =>
  useChange((wish: CreateAddonException) =>
    api.post(`/addons/${name}/exceptions`, AddonException, wish),
  )
export const useCloseException = (name: string) =>
  useChange((id: string) => api.delete(`/addons/${name}/exceptions/${id}`, ignored))

export const useTakeBack = () =>
  useChange((id: string) => api.post(`/destroyed-addons/${id}/restore`, ignored))
export const usePurge = () =>
  useChange(({ id, name }: { id: string; name: string }) =>
    api.delete(`/destroyed-addons/${id}`, ignored, { confirm: name }),
  )

/** What an app has by it, in the clear. The platform writes down who asked for it. */
const Credentials = z.object({ variables: z.record(z.string(), z.string()) })
export const useCredentials = () =>
  useMutation({
    mutationFn: async ({ addon, app }: { addon: string; app: string }) =>
      (await api.get(`/addons/${addon}/attachments/${app}/credentials`, Credentials)).variables,
    // It stays no longer than the row that shows it.
    gcTime: 0,
  })
